using TailSplit.Core.Kernel;
using TailSplit.Core.Model;
using TailSplit.Core.Routing;
using TailSplit.Core.Rules;

namespace TailSplit.Core.Foreign;

/// <summary>Finds the owner of an ip rule, by its mark, table, preference and neighbours.</summary>
public static class ForeignRoutingRules
{
    // tailscale.com/docs: LAN traffic prioritization with overlapping subnet routes.
    private const int TailscaleLanPreference = 2500;

    // Table and mark of wg-quick: 51820, or the next number whose table is empty (wg-quick linux.bash, add_default).
    private const int WgQuickTable = 51820;
    private const int MoreWgQuickTables = 100;

    // mullvadvpn-app talpid-types: "mole" as a mark, and the same number as a table.
    private const int MullvadTable = 0x6d6f6c65;
    private const uint NordMark = 0xe1f1;
    private const int NordTable = 205;

    /// <param name="rule">A rule that is not TailSplit's.</param>
    /// <param name="rules">All rules of the host.</param>
    /// <param name="environment">Tailscale's mark and table.</param>
    public static ForeignOwner OwnerOf(
        KernelRoutingRule rule, IReadOnlyCollection<LiveRoutingRule> rules, RuleEnvironment environment) =>
        TunnelPreferences.IsOfTunnel(new LiveRoutingRule(rule, null), environment) ? ForeignOwner.Tailscale
        : ByMarkOrTable(rule) is ForeignOwner owner ? owner
        : IsMainWithoutDefault(rule) && VpnBeside(rule, rules) is ForeignOwner vpn ? vpn
        : IsWayToPrefix(rule)
            ? (rule.Preference == TailscaleLanPreference ? ForeignOwner.TailscaleLan : ForeignOwner.DockerWorkaround)
        : ForeignOwner.Unknown;

    private static ForeignOwner? ByMarkOrTable(KernelRoutingRule rule)
    {
        uint mark = rule.FwMark?.Value ?? 0;
        return mark == MullvadTable || rule.Table == MullvadTable ? ForeignOwner.Mullvad
            : mark == NordMark || rule.Table == NordTable ? ForeignOwner.NordVpn
            : IsWgQuick(mark) || IsWgQuick((uint)rule.Table) || (rule.Inverted && mark != 0 && mark == rule.Table)
                ? ForeignOwner.WgQuick
            : rule.FwMark is { Mask: 0x3f00 } ? ForeignOwner.Mwan3
            // cilium pkg/datapath/linux/linux_defaults: RouteTableInterfacesOffset and marks; kube-router's 77 to 79.
            : rule.Table is 2004 or 2005 or 77 or 78 or 79 ? ForeignOwner.Kubernetes
            : null;
    }

    private static bool IsWgQuick(uint number) => number is >= WgQuickTable and < WgQuickTable + MoreWgQuickTables;

    // wg-quick, Mullvad and NordVPN let main decide first, except its default route. That rule has no mark.
    private static bool IsMainWithoutDefault(KernelRoutingRule rule) =>
        rule is
        {
            Table: RoutingRule.MainTable,
            SuppressPrefixLength: 0,
            From: null,
            To: null,
            Iif: null,
            FwMark: null,
        };

    private static ForeignOwner? VpnBeside(KernelRoutingRule rule, IReadOnlyCollection<LiveRoutingRule> rules) => rules
        .Select(other => other.Whole)
        .Where(other => other.Family == rule.Family && other.Protocol != RoutingRule.Protocol)
        .OrderBy(other => Math.Abs(other.Preference - rule.Preference))
        .Select(ByMarkOrTable)
        .FirstOrDefault(owner => owner is { IsVpn: true });

    private static bool IsWayToPrefix(KernelRoutingRule rule) =>
        rule is
        {
            Table: RoutingRule.MainTable,
            Inverted: false,
            From: null,
            Iif: null,
            FwMark: null,
            To: Cidr { PrefixLength: > 0 },
        };
}
