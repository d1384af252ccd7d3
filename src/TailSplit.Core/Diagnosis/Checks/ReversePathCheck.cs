using TailSplit.Core.Hosts;
using TailSplit.Core.Kernel;
using TailSplit.Core.Model;

namespace TailSplit.Core.Diagnosis.Checks;

/// <summary>
/// A strict reverse path check on the way to the internet drops the tunnel's own packets while an exit node is on: a
/// reply to their sender would leave by the tunnel, unless the check uses the packet's mark (src_valid_mark).
/// </summary>
internal sealed class ReversePathCheck : IHostCheck
{
    public string Name => "ReversePath";

    public IEnumerable<CheckResult> Run(Host host)
    {
        if (host.Kernel.ReversePath.IsEmpty)
            return [CheckResult.Skipped(Name, "The settings of the interfaces can't be read.")];

        string[] uplinks = [.. host.Routing.MainRoutes
            .Where(route => route is { IsDefault: true, Family: IpFamily.IPv4, Device: not null })
            .Select(route => route.Device!)
            .Distinct()];
        if (uplinks.Length == 0)
            return
            [
                CheckResult.Skipped(
                    Name, "Table main has no IPv4 default route, so the interface to the internet is unknown."),
            ];

        string[] strict = [.. uplinks
            .Where(device => host.Kernel.ReversePath.GetValueOrDefault(device) == ReversePathFilter.Strict)];
        string mechanisms = ListText.Of(
            host.Policies
                .Select(policy => policy.Policy)
                .OfType<BypassPolicy>()
                .Select(policy => policy.Mechanism)
                .Distinct());
        return strict.Length == 0 ? [CheckResult.Pass(
                Name,
                "It is not strict on the interfaces to the internet: " +
                    $"{ListText.Of(uplinks.Select(device => $"{device} {Mode(host, device)}"))}.")]
            : host is { Tunnel.ExitNodeIsActive: true, Kernel.SrcValidMark: false } ? [CheckResult.Fail(
                Name,
                $"rp_filter is strict on {ListText.Of(strict)} and src_valid_mark is 0: while the exit node is on, " +
                    "packets for the tunnel are dropped. The remedy makes the check loose on every interface of the " +
                    "host until the host restarts.",
                "sysctl -w net.ipv4.conf.all.rp_filter=2")]
            : [CheckResult.Pass(
                Name,
                $"It is strict on {ListText.Of(strict)}; " +
                    $"{(mechanisms.Length > 0 ? $"bypass by {mechanisms} and " : "")}the tunnel work with that.")];
    }

    private static string Mode(Host host, string device) =>
        host.Kernel.ReversePath.TryGetValue(device, out ReversePathFilter mode)
            ? mode.ToString().ToLowerInvariant()
            : "unknown";
}
