
namespace TailSplit.Lab;

/// <summary>
/// Writes what tailscaled writes to a host: ip rules, table 52, chains and hooks, in both families, over a real
/// <see cref="Tunnel"/>. What it leaves, and when, is measured with tailscaled 1.102.3; Truth/TailscaleTests holds it.
/// </summary>
public sealed class Tailscale
{
    // Measured: 0.3 to 0.4 s between the ip rules and the default route, 0.39 s between link down and the rest.
    private static readonly TimeSpan s_start = TimeSpan.FromMilliseconds(350);
    private static readonly TimeSpan s_end = TimeSpan.FromMilliseconds(390);

    private readonly NetworkNamespace _host;
    private readonly NetworkNamespace _exit;
    private readonly Tunnel _tunnel;
    private readonly TailscaleChains _chains;
    private readonly TailscaleClient _client;
    private readonly IptablesVariant _variant;
    private readonly HashSet<string> _routes = [];
    private bool _runs;
    private NetfilterMode _written = NetfilterMode.Off;

    internal Tailscale(
        Topology topology, Tunnel tunnel, TailscaleLayout layout, IptablesVariant variant, TailscaleClient client)
    {
        (_host, _exit, _tunnel) = (topology.Host, topology.Exit, tunnel);
        (Layout, _variant, _client) = (layout, variant, client);
        _chains = new(layout);
        client.Install();
    }

    public TailscaleLayout Layout { get; }

    public TailscaleState State { get; private set; } = new();

    /// <summary>False after <see cref="Down"/>: the daemon runs, and routes nothing.</summary>
    public bool IsUp { get; private set; }

    /// <summary>
    /// How long tailscaled takes to notice a new Docker network: at its throw route 65 ms, and with LAN access off
    /// 0.95 s until it is routed into the tunnel.
    /// </summary>
    public TimeSpan NoticeTime => TimeSpan.FromMilliseconds(State.AllowLanAccess ? 65 : 950);

    /// <summary>The daemon starts, or <c>tailscale up</c> after a <see cref="Down"/>.</summary>
    public async Task Up(TailscaleState? state = null)
    {
        if (!_tunnel.IsUp)
        {
            await _tunnel.Up();
        }

        await _tunnel.SetAddresses();
        await WriteRoutingRules("-4");
        await WriteRoutingRules("-6");
        if (!_runs)
        {
            // Rules first, routes later.
            await Task.Delay(s_start);
        }

        if (Layout.SrcValidMark)
        {
            _host.SetSysctl("net.ipv4.conf.all.src_valid_mark", 1);
        }

        (_runs, IsUp) = (true, true);
        State = state ?? State;
        await WriteChains();
        await Set(State);
        await _tunnel.Prime();
    }

    public Task ExitNodeOn() => Set(State with { ExitNode = true });

    public Task ExitNodeOff() => Set(State with { ExitNode = false });

    public Task AllowLanAccess(bool allow) => Set(State with { AllowLanAccess = allow });

    /// <summary>Writes table 52 for another state; what stays is not touched.</summary>
    public async Task Set(TailscaleState state)
    {
        bool rewrite = IsUp
            && (state.Netfilter != State.Netfilter || state.StatefulFiltering != State.StatefulFiltering);
        bool offers = state.Offer != State.Offer;
        State = state;
        _client.Describe(state, IsUp ? "Running" : "Stopped");
        if (offers)
        {
            await _exit.Run("nft", ["-f", "-"], Refusals(state.Offer));
        }

        if (rewrite)
        {
            await WriteChains();
        }

        await WriteRoutes(IsUp ? TailscaleRoutes.Of(State, await LocalPrefixes.Of(_host)) : []);
    }

    /// <summary>
    /// Docker's networks changed. tailscaled notices after <see cref="NoticeTime"/>, here it is at once.
    /// </summary>
    public Task RefreshNetworks() => Set(State);

    /// <summary>The same in tailscaled's own time.</summary>
    public async Task NoticeNetworks()
    {
        await Task.Delay(NoticeTime);
        await RefreshNetworks();
    }

    /// <summary>
    /// <c>tailscale down</c> or a logout: table 52 is emptied, chains and hooks go, and the interface's addresses; the
    /// interface, the ip rules and src_valid_mark stay.
    /// </summary>
    public async Task Down()
    {
        await Silence("Stopped");
        await DropChains();
    }

    /// <summary>The node's key expires: as <see cref="Down"/>, but for the chains, which stay.</summary>
    public Task ExpireKey() => Silence("NeedsLogin");

    /// <summary>
    /// <c>systemctl stop tailscaled</c> (SIGTERM): first the interface is down, and routes and ip rules are gone; throw
    /// routes and the interface go 0.39 s later. src_valid_mark stays.
    /// </summary>
    public async Task Stop()
    {
        (_runs, IsUp) = (false, false);
        _client.Forget();
        await _host.TryRun("ip", ["link", "set", Tunnel.Interface, "down"]);
        foreach (string family in (string[])["-4", "-6"])
        {
            await _host.TryRun("ip", [family, "-force", "-batch", "-"], Lines("rule del {0}", Layout.RoutingRules));
        }

        await _host.TryRun("ip", ["-6", "route", "flush", "table", "52"]);
        await Task.Delay(s_end);
        await DropChains();
        await _host.TryRun("ip", ["-4", "route", "flush", "table", "52"]);
        _routes.Clear();
        await _tunnel.Crash();
    }

    /// <summary><c>systemctl restart tailscaled</c>: another interface, and the hooks back at position 1.</summary>
    public async Task RestartDaemon()
    {
        await Stop();
        await Up();
    }

    /// <summary>
    /// The daemon is killed, with its interface and the routes through it; ip rules, throw routes, chains and mangle
    /// rules stay.
    /// </summary>
    public async Task Crash()
    {
        _runs = false;
        await _tunnel.Crash();
        _client.Forget();
        _routes.RemoveWhere(route => route.Contains(Tunnel.Interface, StringComparison.Ordinal));
    }

    /// <summary>
    /// <c>tailscaled --cleanup</c> after a <see cref="Crash"/>: the chains go; ip rules, throw routes and the mangle
    /// rules stay.
    /// </summary>
    public async Task Cleanup()
    {
        if (Layout.Native)
        {
            await NativeChains.Remove(_host);
        }
        else
        {
            await DropFilterChains();
        }
    }

    /// <summary>systemd starts the daemon again after a <see cref="Crash"/>.</summary>
    public Task Recover() => Up();

    private async Task Silence(string backendState)
    {
        IsUp = false;
        _client.Describe(State, backendState);
        await WriteRoutes([]);
        await _tunnel.DropAddresses();
    }

    private async Task WriteRoutes(HashSet<string> wanted)
    {
        foreach (string option in (string[])["-4", "-6"])
        {
            bool v6 = option == "-6";
            string[] gone = [.. _routes.Where(route => IsV6(route) == v6 && !wanted.Contains(route))];
            string[] added = [.. wanted.Where(route => IsV6(route) == v6 && !_routes.Contains(route))];

            // First what goes: a throw route and one through the tunnel may be for the same prefix.
            // By force: an interface that went took its routes along.
            await _host.TryRun("ip", [option, "-force", "-batch", "-"], Lines("route del {0} table 52", gone));
            await _host.Ip(Lines("route add {0} table 52", added), option);
        }

        _routes.Clear();
        _routes.UnionWith(wanted);
    }

    private async Task WriteRoutingRules(string family)
    {
        string[] rules = [.. Layout.RoutingRules];
        await _host.TryRun("ip", [family, "-force", "-batch", "-"], Lines("rule del {0}", rules));
        await _host.Ip(Lines("rule add {0}", rules), family);
    }

    private async Task WriteChains()
    {
        await DropChains();
        _written = State.Netfilter;
        if (_written is NetfilterMode.Off)
        {
            return;
        }

        if (Layout.Native)
        {
            await _host.Run("nft", ["-f", "-"], NativeChains.Up(_written));
            return;
        }

        await Restore("iptables", _chains.Up(v6: false, _written, State.StatefulFiltering));
        await Restore("ip6tables", _chains.Up(v6: true, _written, State.StatefulFiltering));
    }

    private async Task DropChains()
    {
        if (Layout.Native)
        {
            await NativeChains.Remove(_host);
            return;
        }

        await DropFilterChains();
        foreach (string family in (string[])["iptables", "ip6tables"])
        {
            string[] rules =
            [
                .. (await _host.TryRun(IptablesTools.Name(family, _variant), ["--wait", "-t", "mangle", "-S"])).Output
                    .Split('\n')
                    .Where(line => _chains.MangleRules.Any(rule => line == $"-A {rule.Chain} {rule.Rule}"))
                    .Select(line => $"-D{line[2..]}"),
            ];
            if (rules.Length > 0)
            {
                await Restore(family, string.Join('\n', ["*mangle", .. rules, "COMMIT"]));
            }
        }
    }

    private async Task DropFilterChains()
    {
        string iptables = IptablesTools.Name("iptables", _variant);
        if ((await _host.TryRun(iptables, ["--wait", "-S", "ts-input"])).Succeeded)
        {
            await Restore("iptables", TailscaleChains.Down(_written));
            await Restore("ip6tables", TailscaleChains.Down(_written));
        }
    }

    private Task<ProgramOutput> Restore(string family, string text) =>
        _host.Run($"{IptablesTools.Name(family, _variant)}-restore", ["--noflush", "--wait"], text + "\n");

    // WireGuard takes nothing out that no peer's AllowedIPs name.
    private static string Refusals(ExitNodeOffer offer)
    {
        string refused = offer switch
        {
            ExitNodeOffer.IPv4Alone => "iifname \"tailscale0\" meta nfproto ipv6 drop",
            ExitNodeOffer.Withdrawn => "iifname \"tailscale0\" drop",
            _ => "",
        };
        return $$"""
            add table inet offer
            delete table inet offer
            table inet offer {
                chain forward {
                    type filter hook forward priority 0
                    {{refused}}
                }
            }

            """;
    }

    private static bool IsV6(string route) => route.Contains(':', StringComparison.Ordinal);

    private static string Lines(string format, IEnumerable<string> values) =>
        string.Join('\n', values.Select(value => format.Replace("{0}", value, StringComparison.Ordinal)));
}
