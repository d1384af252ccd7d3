using System.Collections.Immutable;
using TailSplit.Core.Compilation;
using TailSplit.Core.Iptables;
using TailSplit.Core.Model;
using TailSplit.Core.Tracing.Native;

namespace TailSplit.Core.Hosts;

/// <summary>The firewall of a host: its programs and stores, and the rules where TailSplit does not write.</summary>
public sealed record HostFirewall
{
    private readonly CachedValue<IReadOnlyDictionary<IpFamily, SavedRuleset>?, LiveRules?> _leftBehind = new();

    /// <summary>
    /// The programs that read and write the rules of each family. <c>update-alternatives</c> sets iptables and
    /// ip6tables independently, so the two can have different stores.
    /// </summary>
    public ImmutableDictionary<IpFamily, FirewallTools> Tools { get; init; } =
        ImmutableDictionary<IpFamily, FirewallTools>.Empty;

    /// <summary>Which firewall backends can be used.</summary>
    public FirewallBackends Backends { get; init; } = FirewallBackends.All;

    /// <summary>Why the rules of the firewall were not read; null if they were.</summary>
    public string? Unread { get; init; }

    /// <summary>The iptables rules of the store that Docker does not use; null if they can't be seen.</summary>
    public IReadOnlyDictionary<IpFamily, SavedRuleset>? Other { get; init; } =
        ImmutableDictionary<IpFamily, SavedRuleset>.Empty;

    /// <summary>Why reading that store failed; null if it did not.</summary>
    public string? OtherUnread { get; init; }

    /// <summary>The native nftables tables, and what of them could not be seen.</summary>
    public NativeView Native { get; init; } = NativeView.Nothing;

    /// <summary>The programs that read and write the rules of IPv4.</summary>
    public IptablesVariant Variant => ToolsOf(IpFamily.IPv4).Variant;

    /// <summary>The store with the rules of Docker and TailSplit; null if it is not known.</summary>
    public FirewallStore? Store => Unread is null ? ToolsOf(IpFamily.IPv4).Store : null;

    /// <summary>The programs named after the other store.</summary>
    public IptablesVariant OtherVariant => (Store ?? FirewallStore.NfTables).Other().Variant();

    /// <summary>Whether the rules of every family are known to be in nf_tables.</summary>
    public bool IsNfTables =>
        (!Tools.IsEmpty || Backends.IptablesTrouble is not null)
        && Tools.Values.All(tools => tools.Store == FirewallStore.NfTables);

    /// <summary>The rules of TailSplit in the other store, which are in force too; null for none.</summary>
    public LiveRules? LeftBehind => _leftBehind.Of(Other, static other =>
        other is { Count: > 0 } && new LiveRules(other, []) is { HasOwn: true } rules ? rules : null);

    /// <summary>How many rules the other store has; null if they can't be seen.</summary>
    public int? OtherRules => Other?.Values.Sum(
        saved => saved.Tables.Sum(table => table.Chains.Sum(chain => chain.Rules.Count)));

    /// <summary>The rules of a family in the other store, as far as they were read.</summary>
    public SavedRuleset OtherOf(IpFamily family) => Other?.GetValueOrDefault(family) ?? SavedRuleset.Empty;

    public FirewallTools ToolsOf(IpFamily family) => Tools.GetValueOrDefault(family) ?? FirewallTools.Unknown;
}
