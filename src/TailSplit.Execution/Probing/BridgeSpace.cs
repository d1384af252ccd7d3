using System.Collections.Immutable;
using System.Globalization;
using System.Net;
using System.Security.Cryptography;
using TailSplit.Core;
using TailSplit.Core.Kernel;
using TailSplit.Core.Model;
using TailSplit.Core.Probing;
using TailSplit.Execution.Programs;

namespace TailSplit.Execution.Probing;

/// <summary>
/// A namespace of our own on a bridge, as a container would be there, joined by a veth pair. It neither asks nor
/// answers for addresses (ARP, neighbour discovery), so that not even a machine with the same address would notice it.
/// It has no name: should this process be killed, the kernel takes it down, and the veth pair with it.
/// </summary>
internal sealed class BridgeSpace : IProbeSpace
{
    private readonly IProgramRunner _runner;
    private readonly NetworkSpace _space = NetworkSpace.Create();
    private readonly string _name = string.Create(
        CultureInfo.InvariantCulture, $"tsprobe{RandomNumberGenerator.GetInt32(1 << 28):x7}");

    private BridgeSpace(IProgramRunner runner) => _runner = runner;

    public static async Task<IProbeSpace> AttachAsync(
        IProgramRunner runner,
        InterfaceName bridge,
        ImmutableArray<(IPAddress Address, int PrefixLength)> addresses,
        ImmutableArray<IPAddress> targets,
        CancellationToken cancellationToken)
    {
        BridgeSpace space = new(runner);
        try
        {
            await space.JoinAsync(bridge, addresses, targets, cancellationToken).ConfigureAwait(false);
            return space;
        }
        catch
        {
            await space.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    public ImmutableArray<SentProbe> Send(IEnumerable<Probe> probes, int hopLimit, FwMark? mark = null) =>
        _space.Send(probes, hopLimit, mark);

    public async ValueTask DisposeAsync()
    {
        try
        {
            // Closing the namespace would do, but in the kernel's own time.
            await _runner.RunAsync(Ip("link", "delete", _name), CancellationToken.None).ConfigureAwait(false);
        }
        finally
        {
            await _space.DisposeAsync().ConfigureAwait(false);
        }
    }

    private async Task JoinAsync(
        InterfaceName bridge,
        ImmutableArray<(IPAddress Address, int PrefixLength)> addresses,
        ImmutableArray<IPAddress> targets,
        CancellationToken cancellationToken)
    {
        await RunAsync(
            Ip("link", "add", _name, "type", "veth", "peer", "name", "eth0", "netns", _space.Path),
            cancellationToken).ConfigureAwait(false);
        await RunInsideAsync(
            [
                "link set eth0 arp off",
                .. addresses.Select(own => $"address add {own.Address}/{own.PrefixLength} dev eth0 nodad"),
                "link set eth0 up"
            ],
            cancellationToken).ConfigureAwait(false);
        // The far end is up: this end has its carrier, and forwards, from the first instant.
        await RunAsync(
            Ip("link", "set", _name, "master", bridge.ToString(), "up"), cancellationToken).ConfigureAwait(false);
        // Asked for last: a bridge may take over the address of an interface that joins it.
        string address = await ReadAddressAsync(bridge, cancellationToken).ConfigureAwait(false);
        await RunInsideAsync(
            [
                .. targets.SelectMany(target => (string[])
                [
                    $"route add {target} dev eth0",
                    $"neighbour replace {target} lladdr {address} dev eth0 nud permanent"
                ])
            ],
            cancellationToken).ConfigureAwait(false);
    }

    private async Task<string> ReadAddressAsync(InterfaceName bridge, CancellationToken cancellationToken)
    {
        ProgramResult result = await RunAsync(
            Ip("-j", "link", "show", "dev", bridge.ToString()), cancellationToken).ConfigureAwait(false);
        return NetworkLinkJson.Parse(result.Output).FirstOrDefault()?.HardwareAddress
            ?? throw Failures.UnreadableOutput("ip -j link", $"'{bridge}' has no address").ToException();
    }

    private Task<ProgramResult> RunInsideAsync(IEnumerable<string> lines, CancellationToken cancellationToken) =>
        RunAsync(
            new ProgramCall("nsenter", $"--net={_space.Path}", "ip", "-batch", "-")
            {
                Input = string.Join('\n', lines) + "\n",
                NeedsRoot = true
            },
            cancellationToken);

    private async Task<ProgramResult> RunAsync(ProgramCall call, CancellationToken cancellationToken)
    {
        ProgramResult result = await _runner.RunAsync(call, cancellationToken).ConfigureAwait(false);
        return result.Succeeded ? result : throw Failures.ProbeFailed(call.ToString(), result.Complaint).ToException();
    }

    private static ProgramCall Ip(params string[] arguments) => new("ip", [.. arguments]) { NeedsRoot = true };
}
