
namespace TailSplit.Lab;

/// <summary>
/// A real <c>tailscale0</c>: a TUN interface whose packets cross eth0 as UDP to the exit node, sent by a socket that
/// carries the escape mark, as tailscaled's do. Ending the host's side is a tailscaled crash.
/// </summary>
public sealed class Tunnel(NetworkNamespace host, NetworkNamespace exit) : IAsyncDisposable
{
    public const string Interface = "tailscale0";

    // setsockopt SOL_SOCKET (1), SO_MARK (36), 0x80000. A connected UDP4 would die of the first refusal.
    private const string Mark = "setsockopt=1:36:524288";
    private BackgroundProgram? _hostSide;
    private BackgroundProgram? _exitSide;

    /// <summary>The command that is the host's side for as long as it runs.</summary>
    internal static IReadOnlyList<string> HostSide => Socat(
        Place.HostTailnet,
        $"UDP4-DATAGRAM:{Place.ExitNode.V4}:{Ports.Tunnel},bind={Place.HostWan.V4}:{Ports.Tunnel},{Mark}");

    public bool IsUp => _hostSide is { IsRunning: true };

    public async Task Up()
    {
        _exitSide ??= await Start(
            exit,
            Place.Tailnet,
            Socat(
                Place.Tailnet,
                $"UDP4-DATAGRAM:{Place.HostWan.V4}:{Ports.Tunnel},bind={Place.ExitNode.V4}:{Ports.Tunnel}"),
            Place.HostTailnet);
        _hostSide = await Start(host, Place.HostTailnet, HostSide, peer: null);
    }

    /// <summary>tailscaled dies: the interface and each route through it vanish, rules and throw routes stay.</summary>
    public async Task Crash()
    {
        if (_hostSide is { } running)
        {
            await running.DisposeAsync();
            _hostSide = null;
            await Wait.Until(() => !host.HasInterface(Interface), $"the end of {Interface}");
        }
    }

    /// <summary>Someone runs <c>ip link set tailscale0 down</c>.</summary>
    public Task InterfaceDown() => host.Run("ip", ["link", "set", Interface, "down"]);

    /// <summary>The host's own addresses in the tailnet.</summary>
    internal Task SetAddresses() => host.Ip(
        $"""
        addr replace {Place.HostTailnet.V4}/32 dev {Interface}
        addr replace {Place.HostTailnet.V6}/128 dev {Interface} nodad
        """);

    /// <summary>They go, and the interface stays up with its link-local address alone.</summary>
    internal async Task DropAddresses()
    {
        foreach (string address in (string[])[$"{Place.HostTailnet.V4}/32", $"{Place.HostTailnet.V6}/128"])
        {
            await host.TryRun("ip", ["addr", "del", address, "dev", Interface]);
        }
    }

    /// <summary>A crash, and a new interface; its routes are for <see cref="Tailscale"/> to write.</summary>
    public async Task Restart()
    {
        await Crash();
        await Up();
    }

    /// <summary>
    /// The tunnel's own flow begins again, with a packet from the host: what Tailscale saves in the connection's mark
    /// it saves for new connections only, and a strict reverse path check needs it. Touches no other connection.
    /// </summary>
    public async Task Prime()
    {
        // A packet from the exit node may come first: then the flow is the exit node's, and has no mark.
        const int attempts = 5;
        for (int attempt = 0; IsUp && attempt < attempts; attempt++)
        {
            await host.TryRun("conntrack", ["-D", "-p", "udp", "--orig-port-src", $"{Ports.Tunnel}"]);
            await Probe.Ask(host, Place.Tailnet.V4, Protocol.Udp);
            string[] fromHost = ["--orig-src", $"{Place.HostWan.V4}", "--orig-port-src", $"{Ports.Tunnel}"];
            ProgramOutput flows = await host.TryRun("conntrack", ["-L", "-p", "udp", .. fromHost]);
            if (flows.Output.Length > 0)
            {
                return;
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        await Crash();
        if (_exitSide is { } running)
        {
            await running.DisposeAsync();
        }
    }

    /// <summary>
    /// On a machine that is short of time socat was seen to end just after it had begun; what it said is then in the
    /// failure, and one more is started first.
    /// </summary>
    private static async Task<BackgroundProgram> Start(
        NetworkNamespace side, Place own, IReadOnlyList<string> command, Place? peer)
    {
        const int attempts = 3;
        string said = "";
        for (int attempt = 0; attempt < attempts; attempt++)
        {
            BackgroundProgram socat = BackgroundProgram.Start("nsenter", [$"--net={side.FilePath}", .. command]);
            await Wait.Until(() => side.HasAddress(own.V4) || !socat.IsRunning, $"{Interface} to have its address");
            if (await Configure(side, own, peer) && await Lasts(socat))
            {
                return socat;
            }

            said += socat.Log;
            await socat.DisposeAsync();
            await Wait.Until(() => !side.HasInterface(Interface), $"the end of {Interface}");
        }

        throw new InvalidOperationException($"socat could not make {Interface}: {said}");
    }

    private static IReadOnlyList<string> Socat(Place own, string datagrams) =>
        ["socat", $"TUN:{own.V4}/32,tun-name={Interface},iff-no-pi,iff-up", datagrams];

    private static async Task<bool> Configure(NetworkNamespace side, Place own, Place? peer)
    {
        string route = peer is null
            ? ""
            : $"""
              route replace {peer.V4}/32 dev {Interface}
              route replace {peer.V6}/128 dev {Interface}
              """;
        string batch = $"""
            link set {Interface} up mtu 1280
            addr replace {own.V6}/128 dev {Interface} nodad
            {route}
            """;
        return (await side.TryRun("ip", ["-batch", "-"], batch)).Succeeded;
    }

    private static async Task<bool> Lasts(BackgroundProgram socat)
    {
        await Task.Delay(TimeSpan.FromMilliseconds(100));
        return socat.IsRunning;
    }
}
