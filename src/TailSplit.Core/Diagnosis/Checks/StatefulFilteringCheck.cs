using TailSplit.Core.Containers;
using TailSplit.Core.Foreign;
using TailSplit.Core.Hosts;
using TailSplit.Core.Iptables;
using TailSplit.Core.Model;
using TailSplit.Core.Tracing.Xtables;

namespace TailSplit.Core.Diagnosis.Checks;

/// <summary>
/// With --stateful-filtering Tailscale drops connections that containers open into the tunnel (tailscale#12070): at
/// once if its chain precedes Docker's, as after every start of tailscaled, otherwise from its next start on.
/// </summary>
internal sealed class StatefulFilteringCheck : IHostCheck
{
    private const string Chain = "ts-forward";
    private const string Remedy = "tailscale set --stateful-filtering=false";

    public string Name => "StatefulFiltering";

    public IEnumerable<CheckResult> Run(Host host)
    {
        bool drops = host.Environment.Families.Any(family => Drops(host, family));
        bool first = drops && host.Environment.Families.Any(family => Drops(host, family) && ComesFirst(host, family));
        yield return (host.Tunnel.Settings, first) switch
        {
            (_, true) => CheckResult.Fail(
                Name,
                "Stateful filtering is on, and Tailscale's chain comes before " +
                    $"{EngineText.List(host.Containers.Engines)}'s: connections that containers open into the tunnel " +
                    "are dropped. Without stateful filtering, peers can open connections to addresses that this " +
                    "host forwards for the tailnet.",
                Remedy),
            (null, _) => CheckResult.Skipped(Name, "Tailscale does not answer."),
            ({ StatefulFiltering: true }, _) => CheckResult.Warn(
                Name,
                "Stateful filtering is on: from the next start of tailscaled, connections that containers open into " +
                    "the tunnel are dropped. Without stateful filtering, peers can open connections to addresses " +
                    "that this host forwards for the tailnet.",
                Remedy),
            _ => CheckResult.Pass(Name, "Stateful filtering is off."),
        };
    }

    private static bool Drops(Host host, IpFamily family) =>
        host.Live.Iptables.Saved(family).Find(IptablesTable.Filter, Chain)?.Rules
            .Any(
                rule => ForeignFirewallRules.IsStatefulFilter(IptablesSpecification.Parse(rule.Specification))) == true;

    private static bool ComesFirst(Host host, IpFamily family)
    {
        foreach (SavedRule rule in host.Live.Iptables.Saved(family).Find(IptablesTable.Filter, "FORWARD")?.Rules ?? [])
        {
            switch (RuleText.Parse(rule.Specification).Target)
            {
                case Chain:
                    return true;
                // Packets that these accept do not reach Tailscale's chain.
                case "DOCKER-FORWARD" or "ACCEPT":
                    return false;
                case "NETAVARK_FORWARD" when host.Containers.Engines is [ContainerEngine.Podman]:
                    return false;
            }
        }

        return false;
    }
}
