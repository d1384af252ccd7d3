using System.Collections.Immutable;
using TailSplit.Core.Model;
using TailSplit.Core.Planning;
using TailSplit.Core.Text;

namespace TailSplit.Core.Desired;

/// <summary>
/// Reads the labels of one network. A label that is wrong costs a bypass its policy, since nobody is harmed by that; a
/// killswitch it costs the option: the network is closed without what would have opened it, and with what would have
/// closed it further.
/// </summary>
internal sealed class LabelReader
{
    private readonly DockerNetwork _network;
    private readonly InterfaceName _tunnel;
    private readonly Func<InterfaceName, string?> _whyNoTunnel;
    private readonly ImmutableArray<KeyValuePair<string, string>> _labels;
    private readonly List<Func<string, Failure>> _wrong = [];

    private LabelReader(DockerNetwork network, InterfaceName tunnel, Func<InterfaceName, string?> whyNoTunnel)
    {
        _whyNoTunnel = whyNoTunnel;
        _network = network;
        _tunnel = tunnel;
        _labels = [.. network.Labels.Where(label => PolicyLabels.IsOurs(label.Key))];
    }

    /// <summary>Null for a network without a label of ours.</summary>
    public static LabelledPolicy? Read(
        DockerNetwork network, InterfaceName tunnel, Func<InterfaceName, string?> whyNoTunnel)
    {
        LabelReader reader = new(network, tunnel, whyNoTunnel);
        return reader._labels.IsEmpty ? null : reader.Read();
    }

    private LabelledPolicy Read()
    {
        PolicyKind? kind = Kind();
        Policy? policy = null;
        if (!_network.CanHavePolicy)
        {
            _wrong.Add(_ => Failures.NetworkCannotHavePolicy(_network));
        }
        else
        {
            policy = kind switch
            {
                PolicyKind.Killswitch => Killswitch(),
                PolicyKind.Bypass => Bypass(),
                _ => null,
            };
            policy = Checked(policy);
            if (policy is not null)
                policy = policy with { Backend = Choice<FirewallBackend>(PolicyLabels.FirewallBackend) };
        }

        if (policy is BypassPolicy && _wrong.Count > 0)
            policy = null;

        string consequence = LabelledPolicy.Consequence(policy?.Kind);
        bool isHeld = kind == PolicyKind.Killswitch && _network is { CanHavePolicy: false, Driver: "bridge", Internal: false }
            && PolicyName.TryParse(_network.Name, out _);
        return new LabelledPolicy(_network, policy, [.. _wrong.Select(failure => failure(consequence))])
        {
            Held = isHeld ? Name() : null,
        };
    }

    private IEnumerable<KeyValuePair<string, string>> Unknown => _labels.Where(label => !PolicyLabels.All.Contains(label.Key));

    private PolicyKind? Kind()
    {
        string? text = Text(PolicyLabels.Policy);
        PolicyKind? kind = ChoiceText.TryParse(text, out PolicyKind given) ? given : null;
        if (text is null)
            _wrong.Add(consequence => Failures.MissingPolicyLabel(_network, consequence));
        else if (kind is null)
            Wrong(PolicyLabels.Policy, $"'{QuotedText.Of(text)}' is neither 'bypass' nor 'killswitch'");

        KeyValuePair<string, string>[] unknown = [.. Unknown];
        foreach (KeyValuePair<string, string> label in unknown)
            _wrong.Add(consequence => Failures.UnknownLabel(_network, label.Key, consequence));

        bool asked = KillswitchSpelling.IsMeant(text)
            || unknown.Any(label => KillswitchSpelling.IsMeant(label.Key.Split('.')[^1]) || KillswitchSpelling.IsMeant(label.Value))
            // Nothing says what to block or to let through of a network that is to be open.
            || (kind is null && _labels.Any(label => PolicyLabels.KindOf(label.Key) == PolicyKind.Killswitch));
        kind = asked ? PolicyKind.Killswitch : kind;
        foreach (string label in _labels.Select(label => label.Key).Where(label => kind is not null && (PolicyLabels.KindOf(label) ?? kind) != kind))
            Wrong(label, $"a {ChoiceText.Of(kind!.Value)} has no such option");

        return kind;
    }

    private KillswitchPolicy Killswitch() => new()
    {
        Name = Name(),
        Target = PolicyTarget.Of(_network),
        Tunnel = Tunnel(),
        Origin = PolicyOrigin.Labels,
        AllowDestination = Destinations(PolicyLabels.AllowDestination),
        AllowPublishedPort = Flag(PolicyLabels.AllowPublishedPort, strict: false),
        DnsServer = Servers(),
        Action = Choice<BlockAction>(PolicyLabels.Action),
        BlockHost = Flag(PolicyLabels.BlockHost, strict: true)
            || Unknown.Any(label => label.Value != "false" && ClosingLabels.MayMeanBlockHost(label.Key)),
    };

    private BypassPolicy Bypass() => new()
    {
        Name = Name(),
        Target = PolicyTarget.Of(_network),
        Tunnel = Tunnel(),
        Origin = PolicyOrigin.Labels,
        Exclude = Destinations(PolicyLabels.Exclude),
        Mechanism = Choice<Mechanism>(PolicyLabels.Mechanism),
    };

    private Policy? Checked(Policy? policy)
    {
        if (policy is null)
            return null;

        try
        {
            PolicyRules.Check(policy);
            return policy;
        }
        catch (TailSplitException e) when (e.Failure.Id == nameof(Failures.WholeAddressSpace) && policy is KillswitchPolicy killswitch)
        {
            Wrong(PolicyLabels.AllowDestination, e.Message);
            return Checked(killswitch with { AllowDestination = [] });
        }
        catch (TailSplitException e) when (e.Failure.Id == nameof(Failures.InvalidDnsServer) && policy is KillswitchPolicy killswitch)
        {
            Wrong(PolicyLabels.DnsServer, e.Message);
            return Checked(killswitch with { DnsServer = [KillswitchPolicy.NoDns] });
        }
        catch (TailSplitException e)
        {
            _wrong.Add(_ => e.Failure with { Target = _network.Name });
            return null;
        }
    }

    private PolicyName Name()
    {
        PolicyName own = PolicyName.Parse(_network.Name);
        if (Text(PolicyLabels.Name) is not string text)
            return own;

        if (PolicyName.TryParse(text, out PolicyName name, out string? reason))
            return name;

        Wrong(PolicyLabels.Name, reason);
        return own;
    }

    private InterfaceName Tunnel()
    {
        if (Text(PolicyLabels.TunnelInterface) is not string text)
            return _tunnel;

        if (InterfaceName.TryParse(text, out InterfaceName tunnel, out string? reason))
        {
            reason = _whyNoTunnel(tunnel);
            if (reason is null)
                return tunnel;
        }

        Wrong(PolicyLabels.TunnelInterface, reason);
        return _tunnel;
    }

    // Prefixes or addresses, separated by commas or blanks. One that is wrong takes the others with it: it may be the one
    // that narrows them.
    private ImmutableArray<Cidr> Destinations(string label)
    {
        List<Cidr> destinations = [];
        foreach (string text in (Text(label) ?? "").Split(
            [',', ' ', '\t', '\n', '\r'], StringSplitOptions.RemoveEmptyEntries))
        {
            if (!Cidr.TryParse(text, out Cidr destination, out string? reason))
            {
                Wrong(label, $"'{QuotedText.Of(text)}' is not a destination: {reason}");
                return [];
            }

            destinations.Add(destination);
        }

        if (Text(label) is not null && destinations.Count == 0)
            Wrong(label, "it names no destination");

        return Cidr.Normalise(destinations);
    }

    // A server was asked for: names do not go where it is not known, nor where its label is spelled wrong.
    private ImmutableArray<Cidr> Servers() =>
        Text(PolicyLabels.DnsServer) is null && !Unknown.Any(label => ClosingLabels.MayMeanDnsServer(label.Key)) ? []
        : Destinations(PolicyLabels.DnsServer) is { IsEmpty: false } servers ? servers
        : [KillswitchPolicy.NoDns];

    private bool Flag(string label, bool strict)
    {
        switch (Text(label))
        {
            case null or "false":
                return false;
            case "true":
                return true;
            case string text:
                Wrong(label, $"'{QuotedText.Of(text)}' is neither 'true' nor 'false'");
                return strict;
        }
    }

    private T Choice<T>(string label)
        where T : struct, Enum
    {
        string? text = Text(label);
        if (!ChoiceText.TryParse(text, out T value) && text is not null)
            Wrong(label, $"'{QuotedText.Of(text)}' is none of {ChoiceText.List<T>()}");

        return value;
    }

    private string? Text(string label) => _network.Labels.GetValueOrDefault(label);

    private void Wrong(string label, string reason) =>
        _wrong.Add(consequence => Failures.InvalidLabel(_network, label, reason, consequence));
}
