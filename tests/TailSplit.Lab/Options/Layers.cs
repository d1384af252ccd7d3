using TailSplit.Lab.Contract;

namespace TailSplit.Lab.Options;

/// <summary>Takes one layer of TailSplit's rules away, so that the other has to do alone.</summary>
internal static class Layers
{
    private static readonly string[] s_families = ["iptables", "ip6tables"];

    /// <summary>The firewall alone is left.</summary>
    public static async Task DeleteRouting(Lab lab)
    {
        foreach (string family in (string[])["-4", "-6"])
        {
            await lab.Host.Run("ip", [family, "rule", "flush", "protocol", "84"]);
        }
    }

    /// <summary>Routing alone is left; Docker's and Tailscale's own rules stay.</summary>
    public static Task EmptyFirewall(Lab lab) => Empty(lab, "-F TAILSPLIT-KILLSWITCH", "forward");

    /// <summary>Nothing bounds the segments of TCP.</summary>
    public static Task EmptyClamp(Lab lab) => Empty(lab, "-t mangle -F TAILSPLIT-MSS", "segment-size");

    /// <summary>Nothing translates the destination of a question for a name.</summary>
    public static Task EmptyDns(Lab lab) => Empty(lab, "-t nat -F TAILSPLIT-DNS", "prerouting-nat");

    public static async Task Both(Lab lab, string command)
    {
        foreach (string family in s_families)
        {
            await Iptables(lab, family, command);
        }
    }

    private static Task Empty(Lab lab, string iptables, string chain) => lab.Backend is FirewallBackend.Nftables
        ? lab.Host.Run("nft", ["flush", "chain", "inet", "tailsplit", chain])
        : Both(lab, iptables);

    public static Task<ProgramOutput> Iptables(Lab lab, string family, string command) =>
        lab.Host.Run(Path.Combine(lab.Tools.Folder, family), ["--wait", .. command.Split(' ')]);

    /// <summary>Puts a killswitch in force afresh, both layers whole.</summary>
    public static async Task Killswitch(SplitLab split, string options = "")
    {
        await split.Remove();
        await split.Run($"Get-DockerNetwork torrents | New-TailSplitKillswitch {options} | Out-Null");
    }
}
