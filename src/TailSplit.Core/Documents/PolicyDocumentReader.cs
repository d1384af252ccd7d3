using System.Collections.Immutable;
using System.Text;
using System.Text.Json;
using TailSplit.Core.Errors;
using TailSplit.Core.Model;
using TailSplit.Core.Options;

namespace TailSplit.Core.Documents;

/// <summary>
/// Reads a policy document, completely or not at all: a skipped field could be the one that closes a network. It never
/// guesses.
/// </summary>
public static class PolicyDocumentReader
{
    // Document, list, policy, lastKnown, subnets: five deep. Anything deeper is no policy document.
    private static readonly JsonDocumentOptions s_options = new() { MaxDepth = 8 };

    private static readonly UTF8Encoding s_strict =
        new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <param name="source">Its name in errors: the path of the file.</param>
    /// <param name="bytes">Its content.</param>
    /// <exception cref="TailSplitException">
    /// MalformedPolicyFile, PolicyFileTooLarge, UnknownPolicyFileVersion, UnknownPolicyField, InvalidPolicyField or
    /// DuplicatePolicy.
    /// </exception>
    public static PolicyDocument Read(string source, ReadOnlyMemory<byte> bytes)
    {
        if (bytes.Length > PolicyDocument.LargestFile)
            throw Failures.PolicyFileTooLarge(source, $"{PolicyDocument.LargestFile / (1024 * 1024)} MB").ToException();

        // Some editors write a byte order mark.
        if (bytes.Span.StartsWith(Encoding.UTF8.Preamble))
            bytes = bytes[Encoding.UTF8.Preamble.Length..];

        try
        {
            s_strict.GetCharCount(bytes.Span);
            using JsonDocument json = JsonDocument.Parse(bytes, s_options);
            return Read(source, json.RootElement);
        }
        catch (DecoderFallbackException e)
        {
            (int line, int column) = Place(bytes.Span[..Math.Clamp(e.Index, 0, bytes.Length)]);
            throw Failures.MalformedPolicyFile(source, line, column, "it is not UTF-8").ToException(e);
        }
        catch (JsonException e)
        {
            throw Failures.MalformedPolicyFile(
                source, (int)(e.LineNumber ?? 0) + 1, (int)(e.BytePositionInLine ?? 0) + 1, Reason(e)).ToException(e);
        }
        catch (InvalidOperationException e)
        {
            // Half a surrogate pair, written as \ud800, is not text.
            throw Failures.MalformedPolicyFile(source, 1, 1, e.Message).ToException(e);
        }
    }

    private static PolicyDocument Read(string source, JsonElement root)
    {
        DocumentNode document = new(source, "", root);
        // The version comes first: a document of another version may have other fields.
        JsonElement version = document.Required(PolicyFields.Version);
        if (version.ValueKind != JsonValueKind.Number || !version.TryGetInt32(out int number)
            || number != PolicyDocument.Version)
            throw Failures.UnknownPolicyFileVersion(source, version.GetRawText()).ToException();

        document.Allow(PolicyFields.OfDocument);
        document.Text(PolicyFields.Schema);
        JsonElement list = document.Required(PolicyFields.Policies);
        if (list.ValueKind != JsonValueKind.Array)
            throw document.Wrong(PolicyFields.Policies, "it must be a list");

        if (list.GetArrayLength() > PolicyDocument.MostPolicies)
            throw Failures.PolicyFileTooLarge(source, $"{PolicyDocument.MostPolicies} policies").ToException();

        HashSet<PolicyName> names = [];
        ImmutableArray<DocumentedPolicy>.Builder policies = ImmutableArray.CreateBuilder<DocumentedPolicy>();
        foreach (JsonElement element in list.EnumerateArray())
        {
            DocumentedPolicy policy = ReadPolicy(
                new DocumentNode(source, $"{PolicyFields.Policies}[{policies.Count}]", element));
            if (!names.Add(policy.Policy.Name))
                throw Failures.DuplicatePolicy(source, policy.Policy.Name).ToException();

            policies.Add(policy);
        }

        return new PolicyDocument(
            [.. policies.OrderBy(policy => policy.Policy.Name.ToString(), StringComparer.Ordinal)]);
    }

    private static DocumentedPolicy ReadPolicy(DocumentNode node)
    {
        node.Required(PolicyFields.Kind);
        PolicyKind kind = node.Choice<PolicyKind>(PolicyFields.Kind);
        node.Allow(PolicyFields.Of(kind));
        node.Required(PolicyFields.Name);
        PolicyName name = node.Name(PolicyFields.Name)!.Value;
        PolicyTarget target = ReadTarget(node);
        InterfaceName? given = node.Interface(PolicyFields.TunnelInterface);
        InterfaceName tunnel = given ?? TunnelProvider.Tailscale.Interface;
        Policy policy = kind == PolicyKind.Killswitch
            ? new KillswitchPolicy { Name = name, Target = target, Tunnel = tunnel, Origin = ReadOrigin(node) }
            : new BypassPolicy { Name = name, Target = target, Tunnel = tunnel, Origin = ReadOrigin(node) };
        policy = PolicyOptions.Of(kind)
            .Where(option => node.Has(option.Field))
            .Aggregate(policy, (read, option) => Read(node, option, read));
        return new DocumentedPolicy(policy) { FindsTunnel = given is null };
    }

    private static Policy Read(DocumentNode node, PolicyOption option, Policy policy) => option switch
    {
        FlagOption flag => flag.On(policy, node.Flag(flag.Field)),
        ChoiceOption choice => choice.On(policy, node.Text(choice.Field)!)
            ?? throw node.Wrong(
                choice.Field, $"'{QuotedText.Of(node.Text(choice.Field))}' is not one of {choice.Known}"),
        AddressOption { IsOfHosts: true } hosts => hosts.On(policy, node.Addresses(hosts.Field)),
        AddressOption destinations => destinations.On(policy, node.Prefixes(destinations.Field)),
        _ => throw new ArgumentOutOfRangeException(nameof(option)),
    };

    private static PolicyTarget ReadTarget(DocumentNode node)
    {
        if (node.Name(PolicyFields.Network) is not PolicyName network)
        {
            if (node.Has(PolicyFields.LastKnown))
                throw node.Wrong(PolicyFields.LastKnown, $"only a policy with '{PolicyFields.Network}' has it");

            PolicyTarget byHand = ReadPlace(node);
            return byHand.Bridge is null && byHand.Subnets.IsEmpty
                ? throw node.Wrong(
                    PolicyFields.Network,
                    $"it is missing, and so are '{PolicyFields.Bridge}' and '{PolicyFields.Subnets}'")
                : byHand;
        }

        foreach (string field in PolicyFields.OfTarget)
        {
            if (node.Has(field))
                throw node.Wrong(field, $"with '{PolicyFields.Network}' it belongs in '{PolicyFields.LastKnown}'");
        }

        if (!node.Has(PolicyFields.LastKnown))
            return new PolicyTarget { Network = network, Subnets = [] };

        DocumentNode lastKnown = new(
            node.Source, $"{node.Path}.{PolicyFields.LastKnown}", node.Required(PolicyFields.LastKnown));
        lastKnown.Allow(PolicyFields.OfTarget);
        return ReadPlace(lastKnown) with { Network = network };
    }

    private static PolicyTarget ReadPlace(DocumentNode node) =>
        new() { Bridge = node.Interface(PolicyFields.Bridge), Subnets = node.Prefixes(PolicyFields.Subnets) };

    private static PolicyOrigin ReadOrigin(DocumentNode node)
    {
        if (node.Text(PolicyFields.Origin) is not string text)
            return PolicyOrigin.ByHand;

        return PolicyOrigin.TryParse(text, out PolicyOrigin origin)
            ? origin
            : throw node.Wrong(
                PolicyFields.Origin,
                $"'{QuotedText.Of(text)}' is neither 'labels' nor 'file-' with eight hexadecimal digits");
    }

    // System.Text.Json ends its messages with the place, which the failure states itself, with lines and columns from
    // 1.
    private static string Reason(JsonException e)
    {
        int place = e.Message.IndexOf(" LineNumber:", StringComparison.Ordinal);
        return (place < 0 ? e.Message : e.Message[..place]).TrimEnd('.');
    }

    private static (int Line, int Column) Place(ReadOnlySpan<byte> before) =>
        (before.Count((byte)'\n') + 1, before.Length - (before.LastIndexOf((byte)'\n') + 1) + 1);
}
