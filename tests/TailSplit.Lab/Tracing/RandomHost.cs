using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace TailSplit.Lab.Tracing;

/// <summary>
/// A host in a state that chance picks: Tailscale, the reverse path check, policies and other people's rules.
/// </summary>
internal sealed class RandomHost(TraceLab lab, Random random)
{
    private static readonly string[] s_layers = ["whole", "whole", "whole", "no ip rules", "no firewall"];

    private readonly List<(string Program, string Arguments)> _undo = [];
    private bool _crashed;

    /// <summary>How many tables of nft's own it has at most.</summary>
    public int NativeTables { get; init; } = 2;

    /// <summary>Whether policies may be in nftables; otherwise all are in iptables.</summary>
    public bool UsesNftables { get; init; }

    /// <summary>All that was picked, for the message of a failure.</summary>
    public List<string> Story { get; } = [];

    public async Task Apply(int firstPort)
    {
        TailscaleState state = new(ExitNode: random.Next(3) > 0, AllowLanAccess: random.Next(3) > 0);
        int filter = random.Next(3);
        Story.Add($"{state}, rp_filter {filter}");
        await lab.Lab.Tailscale.Set(state);
        await Tell(string.Join('\n', Policies().Prepend("Remove-TailSplitPolicy * | Out-Null")));
        lab.Lab.SetRpFilter(filter);
        await TakeLayer(s_layers[random.Next(s_layers.Length)]);
        foreach (string family in (string[])["4", "6"])
        {
            for (int i = random.Next(4); i > 0; i--)
            {
                await Strange(family == "4" ? AddressFamily.InterNetwork : AddressFamily.InterNetworkV6, firstPort);
            }
        }

        for (int i = random.Next(NativeTables + 1); i > 0; i--)
        {
            await Native(new RandomNativeTable(random, $"strange{i}", [.. lab.Bridges.Values], firstPort));
        }

        _crashed = random.Next(5) == 0;
        if (_crashed)
        {
            Story.Add("tailscaled crashed");
            await lab.Lab.Tailscale.Crash();
        }
    }

    public async Task Undo()
    {
        foreach ((string program, string arguments) in Enumerable.Reverse(_undo))
        {
            await lab.Lab.Host.TryRun(program, arguments.Split(' '));
        }

        if (_crashed)
        {
            await lab.Lab.Tailscale.Recover();
        }
    }

    private IEnumerable<string> Policies()
    {
        yield return random.Next(5) switch
        {
            0 => "",
            1 => $"New-TailSplitKillswitch media {KillswitchOptions()} | Out-Null",
            2 => $"New-TailSplitBypass media -Mechanism Route{Backend()} | Out-Null",
            _ => $"New-TailSplitBypass media -Mechanism {(random.Next(2) == 0 ? "Mark" : "Route")} " +
                $"{Option("Exclude")}{Backend()} | Out-Null",
        };
        yield return random.Next(5) == 0
            ? $"New-TailSplitBypass torrents {Option("Exclude")}{Backend()} | Out-Null"
            : $"New-TailSplitKillswitch torrents {KillswitchOptions()} | Out-Null";
        yield return random.Next(4) == 0 ? $"New-TailSplitKillswitch plain{Backend()} | Out-Null" : "";
    }

    private string KillswitchOptions() =>
        $"{(random.Next(2) == 0 ? Option("AllowDestination") : "")}" +
        $"{(random.Next(3) == 0 ? " -AllowPublishedPort" : "")}" +
        $"{(random.Next(3) == 0 ? " -BlockHost" : "")}{(random.Next(2) == 0 ? " -Action Reject" : "")}{Backend()}";

    private string Backend() => UsesNftables && random.Next(3) == 0 ? " -FirewallBackend Nftables" : "";

    private string Option(string name)
    {
        Place place = Pick(Place.Internet, Place.Lan, Place.SubnetRoute, Place.Tailnet);
        return random.Next(3) switch
        {
            0 => "",
            1 => $"-{name} {place.V4}, {place.V6}",
            _ => $"-{name} {place.V4}",
        };
    }

    private async Task Tell(string script)
    {
        Story.Add(script);
        await lab.Run(script);
    }

    private async Task TakeLayer(string layers)
    {
        Story.Add(layers);
        if (layers == "no ip rules")
        {
            await Options.Layers.DeleteRouting(lab.Lab);
        }
        else if (layers == "no firewall"
            && (await lab.Lab.Host.TryRun(Tool("iptables"), ["-S", "TAILSPLIT-KILLSWITCH"])).Succeeded)
        {
            await Options.Layers.EmptyFirewall(lab.Lab);
        }
    }

    // What other people, and other programs, write.
    private async Task Strange(AddressFamily family, int firstPort)
    {
        bool v4 = family is AddressFamily.InterNetwork;
        string ip = v4 ? "-4" : "-6";
        string bridge = lab.Bridges[Pick("media", "torrents", "plain")];
        IPAddress to = Pick(Place.Internet, Place.Lan, Place.Tailnet, Place.SubnetRoute).At(family);
        string ports = string.Create(CultureInfo.InvariantCulture, $"{firstPort}-{firstPort + 4}");
        string chain = v4 ? "iptables" : "ip6tables";
        (string program, string add, string remove) = random.Next(15) switch
        {
            0 => Firewall(chain, "filter", "FORWARD", $"-p udp -m udp --dport {ports.Replace('-', ':')} -j DROP"),
            1 => Firewall(chain, "filter", "FORWARD", $"-i {bridge} -d {to} -j REJECT"),
            2 => Firewall(chain, "filter", "FORWARD", $"-i {bridge} -j ACCEPT"),
            3 => Firewall(chain, "mangle", "PREROUTING", $"-i {bridge} -p tcp -j MARK --set-xmark 0x80000/0xff0000"),
            4 => Firewall(
                chain,
                "filter",
                "INPUT",
                $"-i {bridge} -p {(v4 ? "icmp" : "ipv6-icmp")} " +
                $"-m {(v4 ? "icmp --icmp-type 8" : "icmp6 --icmpv6-type 128")} -j DROP"),
            5 => Firewall(
                chain,
                "raw",
                "PREROUTING",
                $"-i {bridge} -p tcp -m multiport --dports {firstPort},{firstPort + 1},{firstPort + 3} -j DROP"),
            6 => Firewall(
                chain,
                "mangle",
                "PREROUTING",
                $"-i {bridge} -m addrtype ! --dst-type LOCAL -m conntrack --ctstate NEW -j MARK --set-xmark 0x1/0x1"),
            7 => ("ip", $"{ip} rule add pref 4000 iif {bridge} to {to} lookup main", $"{ip} rule del pref 4000"),
            8 => (
                "ip",
                $"{ip} rule add pref 4001 iif {bridge} ipproto {(v4 ? "icmp" : "ipv6-icmp")} prohibit",
                $"{ip} rule del pref 4001"),
            9 => (
                "ip",
                $"{ip} rule add pref 4002 not fwmark 0x80000/0xff0000 iif {bridge} goto 32766",
                $"{ip} rule del pref 4002"),
            10 => (
                "ip",
                $"{ip} rule add pref 4003 iif {bridge} ipproto udp dport {ports} unreachable",
                $"{ip} rule del pref 4003"),
            11 => Firewall(chain, "filter", "FORWARD", "-p gre -j ACCEPT"),
            12 => Firewall(chain, "mangle", "PREROUTING", $"-i {bridge} -p 253 -j MARK --set-xmark 0x80000/0xff0000"),
            13 => (
                "ip",
                $"{ip} rule add pref 4004 iif {bridge} ipproto esp lookup main",
                $"{ip} rule del pref 4004"),
            _ => ("ip", $"{ip} route add throw {to} table 52 metric 1", $"{ip} route del throw {to} table 52 metric 1"),
        };
        Story.Add($"{program} {add}");
        // The same may have been picked before.
        if ((await lab.Lab.Host.TryRun(program, add.Split(' '))).Succeeded)
        {
            _undo.Add((program, remove));
        }
    }

    // Tables of nft's own, as Docker, firewalld or a person writes them.
    private async Task Native(RandomNativeTable table)
    {
        string text;
        do
        {
            text = table.Next();
        }
        // nft refuses a rule for packets of both families, or of two protocols.
        while (!(await lab.Lab.Host.TryRun("nft", ["-f", "-"], text)).Succeeded);

        Story.Add(text);
        _undo.Add(("nft", $"delete table inet {table.Name}"));
    }

    private (string, string, string) Firewall(string program, string table, string chain, string rule) =>
        (ToolOfSomeStore(program), $"-w -t {table} -I {chain} 1 {rule}", $"-w -t {table} -D {chain} {rule}");

    private string Tool(string name) => Path.Combine(lab.Lab.Tools.Folder, name);

    // Now and then in the store that Docker does not use.
    private string ToolOfSomeStore(string name) => random.Next(6) > 0 ? Tool(name)
        : lab.DockerUses is IptablesVariant.Legacy ? $"{name}-nft"
        : $"{name}-legacy";

    private T Pick<T>(params T[] from) => from[random.Next(from.Length)];
}
