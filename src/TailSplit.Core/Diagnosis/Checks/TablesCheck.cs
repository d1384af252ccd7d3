using TailSplit.Core.Errors;
using TailSplit.Core.Hosts;
using TailSplit.Core.Iptables;
using TailSplit.Core.Model;

namespace TailSplit.Core.Diagnosis.Checks;

/// <summary>iptables can read all tables with rules of TailSplit.</summary>
internal sealed class TablesCheck : IHostCheck
{
    public string Name => "Tables";

    public IEnumerable<CheckResult> Run(Host host)
    {
        (IpFamily Family, SavedTable Table)[] unreadable = [.. host.Live.Iptables.Unreadable];
        Policy[] held =
        [
            .. host.Policies
                .Select(policy => policy.Policy)
                .Where(policy => policy.Backend == FirewallBackend.Iptables),
        ];
        if (host.Firewall.Backends.IptablesTrouble is Failure trouble)
        {
            yield return CheckResult.Pass(
                Name,
                $"The rules of iptables can't be read, but no policy is there: {trouble.Message} TailSplit's " +
                    "own nftables table can be read.");
        }
        else if (unreadable.Length == 0)
        {
            yield return CheckResult.Pass(Name, "iptables can read the tables filter, nat and mangle.");
        }
        else if (held.Length == 0 && host.Environment.Backend == FirewallBackend.Nftables)
        {
            string tables = ListText.Of(unreadable.Select(each => $"{each.Family} {each.Table.Name}"));
            yield return CheckResult.Pass(
                Name,
                $"iptables can't read {tables}, but no policy is there. TailSplit's own nftables table can be read.");
        }
        else
        {
            foreach ((IpFamily family, SavedTable table) in unreadable)
                yield return Examine(family, table, held, host);
        }
    }

    private CheckResult Examine(IpFamily family, SavedTable table, Policy[] held, Host host)
    {
        UnreadableTable unreadable = table.Unreadable!;
        Failure failure = Failures.TableUnreadable(family, table.Name, unreadable.Culprit, unreadable.IsTailscales);
        string nft = family == IpFamily.IPv4 ? "ip" : "ip6";
        bool isTailscales = unreadable.IsTailscales;
        bool canMove = host.Environment.Backend == FirewallBackend.Nftables;
        string consequence = canMove
            ? " Policies in iptables apply and can be removed, but not changed. The remedy moves them to nftables."
            : " Policies in force apply and can be removed, but none can be added or changed."
                + (isTailscales ? " The remedy adds a line to tailscaled's settings and restarts it." : "");
        return CheckResult.Fail(
            Name, failure.Message + consequence,
            canMove
                ? string.Join(
                    "; ",
                    held.Select(policy => PolicyCommand.Apply(policy with { Backend = FirewallBackend.Nftables })))
            : isTailscales
                ? "echo TS_DEBUG_FIREWALL_MODE=iptables >> /etc/default/tailscaled; systemctl restart tailscaled"
            : $"nft list table {nft} {table.Name}");
    }
}
