using TailSplit.Core.Rules;

namespace TailSplit.Execution.Watching;

/// <summary>Changes of ip rules in both families, by <c>ip monitor rule</c>.</summary>
internal static class RoutingSource
{
    private static readonly string s_own = $"proto {RoutingRule.Protocol}";

    // -N: numbers, since the protocol can have a name in /etc/iproute2. Needs no root (rtnetlink(7)).
    public static Task RunAsync(Follower follower, CancellationToken cancellationToken) => follower.RunAsync(
        () => new ProgramCall("ip", "-N", "monitor", "rule"),
        Read,
        _ => Task.CompletedTask,
        "The kernel's monitor of ip rules",
        cancellationToken);

    // A rule of ours that comes is good; one of somebody else may be Tailscale's, which decides where ours go.
    private static Sighting? Read(string line) =>
        line.StartsWith("Deleted", StringComparison.Ordinal)
            || (line.Length > 0 && !line.Contains(s_own, StringComparison.Ordinal))
            ? new Sighting(WatchKind.RoutingChanged)
            : null;
}
