using System.Globalization;
using System.Net.Sockets;
using TailSplit.Lab.Attacks;
using TailSplit.Lab.Truth;

namespace TailSplit.Lab.Options;

/// <summary>Marks are shared by the mask: other people's bits stay, on packets and on connections.</summary>
[Collection(typeof(SharedOptionsLab))]
public sealed class MarkTests(OptionsLab split)
{
    private Lab Lab => split.Lab;

    [Theory, ClassData(typeof(Families))]
    public async Task Marks_outside_of_the_mask_survive_a_bypass(AddressFamily family)
    {
        await using RulesKeeper keeper = await RulesKeeper.Keep(split);
        await split.Remove();
        await Lab.Tailscale.Set(new());
        string bridge = split.MediaNetwork.Bridge;
        await split.Run("Get-DockerNetwork media | New-TailSplitBypass | Out-Null");
        await Iptables(family, $"-I PREROUTING 1 -i {bridge} -j MARK --set-xmark 0x12000001/0xff0000ff");
        await Iptables(family, $"-I PREROUTING 2 -i {bridge} -j CONNMARK --set-xmark 0x34000002/0xff0000ff");
        await Iptables(family, $"-A POSTROUTING -o eth0 -p tcp --dport {Ports.Https} -m comment --comment all");
        await Iptables(
            family,
            $"-A POSTROUTING -o eth0 -p tcp --dport {Ports.Https} -m mark --mark 0x12080001 -m comment " +
            "--comment marked");
        await Iptables(
            family,
            $"-A POSTROUTING -o eth0 -p tcp --dport {Ports.Https} -m connmark --mark 0x34080002 -m comment " +
            "--comment connmarked");
        await Iptables(family, $"-A POSTROUTING -o {bridge} -p tcp --sport {Ports.Https} -m comment --comment answers");
        await Iptables(
            family,
            $"-A POSTROUTING -o {bridge} -p tcp --sport {Ports.Https} -m connmark --mark 0x34080002 -m comment " +
            "--comment connmarkedanswers");

        Assert.Equal(Way.Isp, (await Lab.Ask(split.Media, Place.Internet.At(family), port: Ports.Https)).Way);
        Dictionary<string, long> counted = await Counted(family);
        Assert.True(counted["all"] > 2, "Nothing was counted, so the test is void.");
        Assert.Equal(counted["all"], counted["marked"]);
        Assert.Equal(counted["all"], counted["connmarked"]);
        Assert.True(counted["answers"] > 2, "No answer was counted, so the test is void.");
        Assert.Equal(counted["answers"], counted["connmarkedanswers"]);
    }

    [Theory, ClassData(typeof(Families))]
    public async Task No_mark_outside_of_the_mask_is_set(AddressFamily family)
    {
        await using RulesKeeper keeper = await RulesKeeper.Keep(split);
        await split.Remove();
        await Lab.Tailscale.Set(new());
        await split.Apply();
        await Iptables(family, "-A POSTROUTING -m mark --mark 0x80000/0xff0000 -m comment --comment ours");
        await Iptables(family, "-A POSTROUTING -m mark ! --mark 0x0/0xff00ffff -m comment --comment foreign");
        await Iptables(family, "-A POSTROUTING -m connmark ! --mark 0x0/0xff00ffff -m comment --comment foreignconn");
        foreach (Container from in (Container[])[split.Media, split.Torrents, split.Plain])
        {
            await Lab.Ask(from, Place.Internet.At(family));
            await Lab.Ask(from, Place.Tailnet.At(family));
        }

        await Probe.AskHttp(Lab.Topology.Lan, Place.HostLan.At(family), Contract.SplitLab.MediaPort);
        Dictionary<string, long> counted = await Counted(family);
        Assert.True(counted["ours"] > 2, "No mark of ours was seen, so the test is void.");
        Assert.Equal(0, counted["foreign"]);
        Assert.Equal(0, counted["foreignconn"]);
    }

    private Task<ProgramOutput> Iptables(AddressFamily family, string command) =>
        Layers.Iptables(Lab, Tool(family), $"-t mangle {command}");

    private async Task<Dictionary<string, long>> Counted(AddressFamily family)
    {
        ProgramOutput output = await Layers.Iptables(Lab, Tool(family), "-t mangle -vnxL POSTROUTING");
        return output.Output.Split('\n')
            .Where(line => line.Contains("/* ", StringComparison.Ordinal))
            .ToDictionary(
                line => line.Split("/* ")[1].Split(' ')[0],
                line => long.Parse(
                    line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[0], CultureInfo.InvariantCulture));
    }

    private static string Tool(AddressFamily family) =>
        family is AddressFamily.InterNetworkV6 ? "ip6tables" : "iptables";
}
