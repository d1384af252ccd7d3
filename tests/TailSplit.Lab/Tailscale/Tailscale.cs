using System.Net;

namespace TailSplit.Lab;

/// <summary>
/// Writes what tailscaled writes to a host: ip rules, table 52, chains and hooks, in both families, over a real
/// <see cref="Tunnel"/>.
/// </summary>
public sealed class Tailscale
{
    private readonly NetworkNamespace _host;
    private readonly Tunnel _tunnel;
    private readonly TailscaleChains _chains;
    private readonly TailscaleClient _client;
    private readonly IptablesVariant _variant;
    private readonly HashSet<string> _routes = [];

    internal Tailscale(
        NetworkNamespace host, Tunnel tunnel, TailscaleLayout layout, IptablesVariant variant, TailscaleClient client)
    {
        (_host, _tunnel, Layout, _variant, _client) = (host, tunnel, layout, variant, client);
        _chains = new(layout);
        client.Install();
    }

    public TailscaleLayout Layout { get; }

    public TailscaleState State { get; private set; } = new();

    /// <summary>False after <see cref="Down"/>: the daemon runs, and routes nothing.</summary>
    public bool IsUp { get; private set; }

    /// <summary>The daemon starts, or <c>tailscale up</c> after a <see cref="Down"/>.</summary>
    public async Task Up(TailscaleState? state = null)
    {
        await DropChains();
        await WriteRoutingRules("-4");
        await WriteRoutingRules("-6");
        await WriteChains(_chains.Up(v6: false), _chains.Up(v6: true));
        if (Layout.SrcValidMark)
        {
            _host.SetSysctl("net.ipv4.conf.all.src_valid_mark", 1);
        }

        IsUp = true;
        await Set(state ?? State);
        await _tunnel.Prime();
    }

    public Task ExitNodeOn() => Set(State with { ExitNode = true });

    public Task ExitNodeOff() => Set(State with { ExitNode = false });

    public Task AllowLanAccess(bool allow) => Set(State with { AllowLanAccess = allow });

    /// <summary>Writes table 52 for another state; what stays is not touched.</summary>
    public async Task Set(TailscaleState state)
    {
        State = state;
        _client.Describe(state, IsUp);
        await WriteRoutes(IsUp ? await WantedRoutes() : []);
    }

    /// <summary>
    /// Docker's networks changed. With an exit node tailscaled notices about a second later, here it is at once.
    /// </summary>
    public Task RefreshNetworks() => Set(State);

    /// <summary>
    /// <c>tailscale down</c>, a logout or an expired key: table 52 is emptied, chains and hooks go, ip rules stay.
    /// </summary>
    public async Task Down()
    {
        IsUp = false;
        _client.Describe(State, IsUp);
        await WriteRoutes([]);
        await DropChains();
    }

    /// <summary><c>systemctl stop tailscaled</c>: all that it wrote goes; the tunnel is the caller's to end.</summary>
    public async Task Stop()
    {
        await Down();
        foreach (string family in (string[])["-4", "-6"])
        {
            await _host.Ip(Lines("rule del {0}", Layout.RoutingRules), family);
        }

        _host.SetSysctl("net.ipv4.conf.all.src_valid_mark", 0);
        _client.Forget();
    }

    /// <summary><c>systemctl restart tailscaled</c>: the interface anew, and the hooks back at position 1.</summary>
    public async Task RestartDaemon()
    {
        await Down();
        await _tunnel.Restart();
        _routes.Clear();
        await Up();
    }

    /// <summary>The daemon dies, with its interface and the routes through it; all else stays.</summary>
    public async Task Crash()
    {
        await _tunnel.Crash();
        _client.Forget();
        _routes.RemoveWhere(route => route.Contains(Tunnel.Interface, StringComparison.Ordinal));
    }

    /// <summary>systemd starts the daemon again after a <see cref="Crash"/>.</summary>
    public async Task Recover()
    {
        await _tunnel.Up();
        await Up();
    }

    private async Task<HashSet<string>> WantedRoutes()
    {
        List<string> wanted =
        [
            $"{Place.Tailnet.V4} dev {Tunnel.Interface}",
            $"{Place.Tailnet.V6} dev {Tunnel.Interface}",
            $"{Place.MagicDns.V4} dev {Tunnel.Interface}",
            $"{Place.MagicDns.V6} dev {Tunnel.Interface}",
        ];
        if (State.AcceptRoutes)
        {
            wanted.AddRange([$"10.77.0.0/24 dev {Tunnel.Interface}", $"fd00:77::/64 dev {Tunnel.Interface}"]);
        }

        if (State.ExitNode)
        {
            wanted.AddRange([$"0.0.0.0/0 dev {Tunnel.Interface}", $"::/0 dev {Tunnel.Interface}", "throw 127.0.0.0/8"]);
            IReadOnlyList<IPNetwork> local = await LocalPrefixes.Of(_host);
            wanted.AddRange(local.Select(
                prefix => State.AllowLanAccess ? $"throw {prefix}" : $"{prefix} dev {Tunnel.Interface}"));
        }

        return [.. wanted];
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

    private async Task WriteChains(string v4, string v6)
    {
        await _host.Run($"{IptablesTools.Name("iptables", _variant)}-restore", ["--noflush", "--wait"], v4 + "\n");
        await _host.Run($"{IptablesTools.Name("ip6tables", _variant)}-restore", ["--noflush", "--wait"], v6 + "\n");
    }

    private async Task DropChains()
    {
        string iptables = IptablesTools.Name("iptables", _variant);
        if ((await _host.TryRun(iptables, ["--wait", "-S", "ts-input"])).Succeeded)
        {
            await WriteChains(_chains.Down(), _chains.Down());
        }
    }

    private static bool IsV6(string route) => route.Contains(':', StringComparison.Ordinal);

    private static string Lines(string format, IEnumerable<string> values) =>
        string.Join('\n', values.Select(value => format.Replace("{0}", value, StringComparison.Ordinal)));
}
