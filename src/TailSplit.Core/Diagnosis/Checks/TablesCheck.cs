using TailSplit.Core.Iptables;
using TailSplit.Core.Model;

namespace TailSplit.Core.Diagnosis.Checks;

/// <summary>iptables can read all the tables that TailSplit writes to.</summary>
internal sealed class TablesCheck : IHostCheck
{
    public string Name => "Tables";

    public IEnumerable<CheckResult> Run(HostSnapshot host)
    {
        (IpFamily Family, SavedTable Table)[] unreadable = [.. host.Live.Iptables.Unreadable];
        if (unreadable.Length == 0)
            yield return CheckResult.Pass(Name, "iptables can read the tables filter, nat and mangle.");

        foreach ((IpFamily family, SavedTable table) in unreadable)
        {
            Failure failure = Failures.TableUnreadable(family, table.Name, table.Unreadable!.Culprit);
            string nft = family == IpFamily.IPv4 ? "ip" : "ip6";
            bool isTailscales = UnreadableTable.IsTailscales(table.Unreadable!.Culprit);
            yield return CheckResult.Fail(
                Name,
                $"{failure.Message} Policies in force hold and can be removed; none can be added or changed."
                    + (isTailscales ? " The remedy adds a line to tailscaled's settings and restarts it." : ""),
                isTailscales
                    ? "echo TS_DEBUG_FIREWALL_MODE=iptables >> /etc/default/tailscaled; systemctl restart tailscaled"
                    : $"nft list table {nft} {table.Name}");
        }
    }
}
