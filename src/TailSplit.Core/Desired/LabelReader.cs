using System.Collections.Immutable;
using TailSplit.Core.Errors;
using TailSplit.Core.Model;
using TailSplit.Core.Options;
using TailSplit.Core.Planning;
using TailSplit.Core.Text;

namespace TailSplit.Core.Desired;

/// <summary>
/// Reads the labels of one network. A wrong label of a bypass means that it gets no policy, which harms nobody. A
/// killswitch with a wrong label is closed without the options that would open it, and with those that would close it
/// further.
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

    /// <summary>Null for a network without a label of TailSplit.</summary>
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
            _wrong.Add(_ => ModelFailures.NetworkCannotHavePolicy(_network));
        }
        else
        {
            policy = kind is PolicyKind known ? Checked(Read(known)) : null;
        }

        if (policy is BypassPolicy && _wrong.Count > 0)
            policy = null;

        string consequence = LabelledPolicy.Consequence(policy?.Kind);
        bool isHeld = kind == PolicyKind.Killswitch
            && _network is { CanHavePolicy: false, Driver: "bridge", Internal: false }
            && PolicyName.TryParse(_network.Name, out _);
        return new LabelledPolicy(_network, policy, [.. _wrong.Select(failure => failure(consequence))])
        {
            Held = isHeld ? Name() : null,
        };
    }

    private IEnumerable<KeyValuePair<string, string>> Unknown =>
        _labels.Where(label => !PolicyLabels.All.Contains(label.Key));

    // Only 'bypass' opens. Any other policy, or an option that only a killswitch has, closes.
    private PolicyKind? Kind()
    {
        string? text = Text(PolicyLabels.Policy);
        bool isKnown = ChoiceText.TryParse(text, out PolicyKind kind);
        if (text is null)
            _wrong.Add(consequence => Failures.MissingPolicyLabel(_network, consequence));
        else if (!isKnown)
            Wrong(PolicyLabels.Policy, $"'{QuotedText.Of(text)}' is neither 'bypass' nor 'killswitch'");

        foreach (KeyValuePair<string, string> label in Unknown)
            _wrong.Add(consequence => Failures.UnknownLabel(_network, label.Key, consequence));

        bool closes = (isKnown ? kind == PolicyKind.Killswitch : text is not null || AsksForKillswitch)
            || _labels.Any(label => label.Value == ChoiceText.Of(PolicyKind.Killswitch))
            // A policy under a misspelled label: tailsplt.policy.
            || Unknown.Any(label => label.Key.EndsWith(".policy", StringComparison.Ordinal)
                && label.Value != ChoiceText.Of(PolicyKind.Bypass));
        PolicyKind? read = closes ? PolicyKind.Killswitch : isKnown ? kind : null;
        foreach (string label in _labels
            .Select(label => label.Key)
            .Where(label => read is not null && (PolicyLabels.KindOf(label) ?? read) != read))
            Wrong(label, $"a {ChoiceText.Of(read!.Value)} has no such option");

        return read;
    }

    private bool AsksForKillswitch =>
        Unknown.Any() || _labels.Any(label => PolicyLabels.KindOf(label.Key) == PolicyKind.Killswitch);

    private Policy Read(PolicyKind kind)
    {
        Policy policy = kind == PolicyKind.Killswitch
            ? new KillswitchPolicy
            {
                Name = Name(),
                Target = PolicyTarget.Of(_network),
                Tunnel = Tunnel(),
                Origin = PolicyOrigin.Labels,
            }
            : new BypassPolicy
            {
                Name = Name(),
                Target = PolicyTarget.Of(_network),
                Tunnel = Tunnel(),
                Origin = PolicyOrigin.Labels,
            };
        return PolicyOptions.Of(kind).Aggregate(
            Closed(policy), (read, option) => Text(option.Label) is string text ? Read(option, text, read) : read);
    }

    // An unknown label may mean an option that closes.
    private Policy Closed(Policy policy) =>
        policy is KillswitchPolicy killswitch && Unknown.Any(label => label.Value != "false")
        ? killswitch with { BlockHost = true, DnsServer = PolicyOptions.DnsServer.Closed }
        : policy;

    private Policy Read(PolicyOption option, string text, Policy policy)
    {
        switch (option)
        {
            case FlagOption flag:
                if (text is not ("true" or "false"))
                    Wrong(flag.Label, $"'{QuotedText.Of(text)}' is neither 'true' nor 'false'");

                return flag.On(policy, text == "true" || (text != "false" && flag.Closes));
            case ChoiceOption choice:
                if (choice.On(policy, text) is Policy chosen)
                    return chosen;

                Wrong(choice.Label, $"'{QuotedText.Of(text)}' is not one of {choice.Known}");
                return policy;
            case AddressOption addresses:
                return addresses.On(
                    policy, Destinations(addresses.Label, text) is { IsEmpty: false } given ? given : addresses.Closed);
            default:
                throw new ArgumentOutOfRangeException(nameof(option));
        }
    }

    private Policy? Checked(Policy? policy)
    {
        if (policy is null)
            return null;

        try
        {
            PolicyValidator.Check(policy);
            return policy;
        }
        catch (TailSplitException e) when (
            e.Failure.Id == nameof(Failures.WholeAddressSpace) && policy is KillswitchPolicy killswitch)
        {
            Wrong(PolicyOptions.AllowDestination.Label, e.Message);
            return Checked(killswitch with { AllowDestination = [] });
        }
        catch (TailSplitException e) when (
            e.Failure.Id == nameof(Failures.InvalidDnsServer) && policy is KillswitchPolicy killswitch)
        {
            Wrong(PolicyOptions.DnsServer.Label, e.Message);
            return Checked(killswitch with { DnsServer = PolicyOptions.DnsServer.Closed });
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

    // Prefixes or addresses, separated by commas or blanks. If one is wrong, none is used: it may be the one that
    // narrows them.
    private ImmutableArray<Cidr> Destinations(string label, string text)
    {
        List<Cidr> destinations = [];
        foreach (string part in text.Split([',', ' ', '\t', '\n', '\r'], StringSplitOptions.RemoveEmptyEntries))
        {
            if (!Cidr.TryParse(part, out Cidr destination, out string? reason))
            {
                Wrong(label, $"'{QuotedText.Of(part)}' is not a destination: {reason}");
                return [];
            }

            destinations.Add(destination);
        }

        if (destinations.Count == 0)
            Wrong(label, "it names no destination");

        return Cidr.Normalise(destinations);
    }

    private string? Text(string label) => _network.Labels.GetValueOrDefault(label);

    private void Wrong(string label, string reason) =>
        _wrong.Add(consequence => Failures.InvalidLabel(_network, label, reason, consequence));
}
