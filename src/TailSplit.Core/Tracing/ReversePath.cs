using TailSplit.Core.Kernel;
using TailSplit.Core.Model;
using TailSplit.Core.Rules;

namespace TailSplit.Core.Tracing;

/// <summary>
/// The kernel's check of an IPv4 source: whether an answer would leave by the interface by which the packet came
/// (net/ipv4/fib_frontend.c, __fib_validate_source).
/// </summary>
internal static class ReversePath
{
    /// <summary>The setting that drops the packet; null if it passes.</summary>
    /// <param name="packet">The packet as routing saw it.</param>
    /// <param name="leaving">The interface by which it is to leave; null for the host itself.</param>
    /// <param name="routing">The family's ip rules and routes.</param>
    /// <param name="settings">Those of the bridge by which it came.</param>
    public static TraceStep? Refusal(Packet packet, string? leaving, PolicyRouting routing, BridgeSettings settings)
    {
        if (packet.Family != IpFamily.IPv4)
            return null;

        Packet back = packet with
        {
            // As an answer would come in: by the interface by which the packet leaves, or from the host itself.
            In = leaving ?? "lo",
            Source = packet.Destination,
            Destination = packet.Source,
            IsAnswer = !packet.IsAnswer,
            Mark = settings.ReversePathHeedsMark ? packet.Mark : 0,
        };
        RouteDecision decision = routing.Decide(back);
        if (decision.Outcome == RouteOutcome.Deliver)
            return Step(packet, 0, $"the kernel drops it: the source {packet.Source} is an address of the host's own");

        bool comesBack = decision.Outcome == RouteOutcome.Forward
            && decision.Route!.NextHops.Any(hop => hop.Device == packet.In);
        return settings.ReversePathFilter switch
        {
            1 when !comesBack => Step(
                packet, 1, $"drops it: answers to {packet.Source} would not go out by {packet.In} ({Way(decision)})"),
            2 when decision.Outcome != RouteOutcome.Forward => Step(
                packet, 2, $"drops it: no route leads back to {packet.Source}"),
            _ => null,
        };
    }

    private static string Way(RouteDecision decision) =>
        decision.Route is LiveRoute route ? $"{decision.Rule!.Text}: {route}" : "no route exists";

    private static TraceStep Step(Packet packet, int value, string effect) => new()
    {
        Layer = RuleLayer.Routing,
        CommandLine = $"sysctl -w net.ipv4.conf.{packet.In}.rp_filter={value}",
        Matched = true,
        Effect = effect,
    };
}
