using System.Collections.Immutable;
using System.Globalization;
using TailSplit.Core;
using TailSplit.Core.Model;
using TailSplit.Core.Tracing;
using TailSplit.Execution.Programs;

namespace TailSplit.Execution.Routing;

/// <summary>Asks the kernel for the route of a packet by <c>ip route get</c>. No packet is sent.</summary>
public sealed class RouteQuestion(IProgramRunner runner)
{
    /// <summary>The answer; null if the kernel gives none, such as for an interface that does not exist.</summary>
    /// <exception cref="TailSplitException">NotInstalled or UnreadableOutput.</exception>
    public async Task<RouteAnswer?> AskAsync(Packet packet, CancellationToken cancellationToken)
    {
        ProgramResult result = await runner.RunAsync(
            new ProgramCall("ip", Arguments(packet)), cancellationToken).ConfigureAwait(false);
        return result.Succeeded ? RouteAnswer.Parse(result.Output) : RouteAnswer.OfError(result.Error);
    }

    private static ImmutableArray<string> Arguments(Packet packet)
    {
        string protocol = packet.IpProtocol.ToString(CultureInfo.InvariantCulture);
        return
        [
            packet.Family.IpOption(), "-N", "-j", "route", "get", packet.Destination.ToString(),
            "from", packet.Source.ToString(), "iif", packet.In,
            .. packet.Mark == 0
                ? (string[])[]
                : ["mark", string.Create(CultureInfo.InvariantCulture, $"0x{packet.Mark:x}")],
            "ipproto", protocol,
            .. packet.HasPorts
                ? (string[])["dport", packet.Port.ToString(CultureInfo.InvariantCulture)]
                : [],
        ];
    }
}
