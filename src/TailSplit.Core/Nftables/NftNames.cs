using System.Collections.Frozen;
using TailSplit.Core.Model;
using TailSplit.Core.Rules;

namespace TailSplit.Core.Nftables;

/// <summary>
/// The names of TailSplit's own chains and maps. A policy's chain is <c>TSK-media</c> or <c>TSB-media</c>; a chain of
/// the same policy that a map leads to is named after both: <c>TSK-media/forward-in</c>. No policy's name has a slash,
/// and the longest name fits (NFT_NAME_MAXLEN is 256, linux/netfilter/nf_tables.h).
/// </summary>
public static class NftNames
{
    /// <summary>The chain of packets that open a TCP connection. Its verdict map looks up both interfaces.</summary>
    public const string SegmentSize = "segment-size";

    private const string KillswitchPrefix = "TSK-";
    private const string BypassPrefix = "TSB-";
    private const char Slash = '/';

    private static readonly FrozenDictionary<string, (FirewallStage Stage, NftMap Map)> s_maps = (
        from stage in Enum.GetValues<FirewallStage>()
        from key in Enum.GetValues<NftKey>()
        select (Stage: stage, Map: MapOf(stage, key)))
            .ToFrozenDictionary(each => each.Map.Name, StringComparer.Ordinal);

    /// <summary>Keeps the chains of one policy together.</summary>
    public static IComparer<string> ByPolicy { get; } = Comparer<string>.Create((one, other) =>
    {
        int order = string.CompareOrdinal(one.Split(Slash)[0], other.Split(Slash)[0]);
        return order != 0 ? order : string.CompareOrdinal(one, other);
    });

    /// <summary>The policy's own chain.</summary>
    public static string ChainOf(PolicyKind kind, PolicyName name) =>
        (kind == PolicyKind.Killswitch ? KillswitchPrefix : BypassPrefix) + name;

    /// <summary>The chain to which a policy's elements of a map lead, if it is not its own.</summary>
    public static string ChainOf(PolicyKind kind, PolicyName name, FirewallStage stage, NftKey key) =>
        $"{ChainOf(kind, name)}{Slash}{WordOf(stage)}-{key.Side()}";

    /// <summary>The map of a stage.</summary>
    public static NftMap MapOf(FirewallStage stage, NftKey key)
    {
        string family = key.Family() switch
        {
            IpFamily.IPv4 => "4",
            IpFamily.IPv6 => "6",
            _ => "",
        };
        return new NftMap($"{WordOf(stage)}-{key.Side()}{family}", key);
    }

    /// <summary>The base chain in which a stage begins.</summary>
    public static NftChain BaseOf(FirewallStage stage) => stage switch
    {
        // It runs before the chains of other programs. A drop is final, even if they accept.
        FirewallStage.Forward or FirewallStage.SegmentSize => new("forward", new("filter", "forward", "filter", -10)),
        FirewallStage.Input => new("input", new("filter", "input", "filter", -10)),
        // After Tailscale's CONNMARK restore (-150), which from 1.96 to 1.98 wipes marks set before it; before any
        // DNAT.
        FirewallStage.Mark => new("prerouting", new("filter", "prerouting", "mangle", 10)),
        // The first chain that translates wins. Docker's have the standard priorities.
        FirewallStage.DestinationNat => new("prerouting-nat", new("nat", "prerouting", "dstnat", -10)),
        FirewallStage.SourceNat => new("postrouting-nat", new("nat", "postrouting", "srcnat", -10)),
        _ => throw new ArgumentOutOfRangeException(nameof(stage)),
    };

    /// <summary>Whether it is a policy's own chain.</summary>
    public static bool IsPolicyChain(string chain) =>
        PolicyOf(chain) is not null && !chain.Contains(Slash, StringComparison.Ordinal);

    /// <summary>Whether a chain of this name belongs to TailSplit.</summary>
    public static bool IsOwn(string chain) =>
        chain == SegmentSize || PolicyOf(chain) is not null
        || Array.Exists(Enum.GetValues<FirewallStage>(), stage => BaseOf(stage).Name == chain);

    /// <summary>The map of TailSplit with this name; null for none.</summary>
    public static NftMap? FindMap(string name) => s_maps.GetValueOrDefault(name).Map;

    /// <summary>The stage of a map.</summary>
    public static FirewallStage StageOf(NftMap map) => s_maps[map.Name].Stage;

    /// <summary>The stage of a policy's chain; null for a chain of no policy.</summary>
    public static FirewallStage? StageOf(string chain)
    {
        if (PolicyOf(chain) is not RuleOwner owner)
            return null;

        int slash = chain.IndexOf(Slash, StringComparison.Ordinal);
        if (slash < 0)
            return owner.Kind == PolicyKind.Killswitch ? FirewallStage.Forward : FirewallStage.Mark;

        ReadOnlySpan<char> tail = chain.AsSpan(slash + 1);
        foreach (FirewallStage stage in Enum.GetValues<FirewallStage>())
        {
            if (tail.StartsWith($"{WordOf(stage)}-"))
                return stage;
        }

        return null;
    }

    /// <summary>The policy of a chain, with the details of a comment; null for a chain of no policy.</summary>
    public static RuleOwner? PolicyOf(string chain, string? comment = null)
    {
        PolicyKind kind;
        if (chain.StartsWith(KillswitchPrefix, StringComparison.Ordinal))
            kind = PolicyKind.Killswitch;
        else if (chain.StartsWith(BypassPrefix, StringComparison.Ordinal))
            kind = PolicyKind.Bypass;
        else
            return null;

        int slash = chain.IndexOf(Slash, StringComparison.Ordinal);
        return PolicyName.TryParse(
            chain[KillswitchPrefix.Length..(slash < 0 ? chain.Length : slash)], out PolicyName name)
            ? NftComments.Read(new RuleOwner(kind, name), comment)
            : null;
    }

    private static string WordOf(FirewallStage stage) => stage switch
    {
        FirewallStage.Forward => "forward",
        FirewallStage.Input => "input",
        FirewallStage.SourceNat => "nat",
        FirewallStage.DestinationNat => "dns",
        FirewallStage.Mark => "mark",
        FirewallStage.SegmentSize => "segment",
        _ => throw new ArgumentOutOfRangeException(nameof(stage)),
    };
}
