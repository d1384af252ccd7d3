using System.Collections.Immutable;
using System.Globalization;
using System.Net;
using System.Security.Cryptography;
using TailSplit.Core.Errors;
using TailSplit.Core.Kernel;
using TailSplit.Core.Model;
using TailSplit.Core.Probing;
using TailSplit.Execution.Programs;

namespace TailSplit.Execution.Probing;

/// <summary>
/// An unnamed namespace on a bridge, joined by a veth pair as a container is. It sends no ARP or neighbour discovery,
/// so it disturbs no machine with its address. If this process dies, the kernel removes it with the veth pair.
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
            // Closing the namespace removes the veth pair too, but later.
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
        // The peer is up already, so this end has a carrier and forwards at once.
        await RunAsync(
            Ip("link", "set", _name, "master", bridge.ToString(), "up"), cancellationToken).ConfigureAwait(false);
        // Read last, since a bridge may take the MAC address of an interface that joins it.
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
        return NetworkLinkJson.HardwareAddress(result.Output)
            ?? throw Failures.UnreadableOutput("ip -j link", $"'{bridge}' has no MAC address").ToException();
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
