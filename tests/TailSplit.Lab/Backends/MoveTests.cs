using TailSplit.Lab.Contract;
using TailSplit.Lab.Transactions;

namespace TailSplit.Lab.Backends;

/// <summary>A policy moves from one backend to the other while it is in force.</summary>
[Collection(typeof(SharedBackendLab))]
public sealed class MoveTests(BackendLab split)
{
    private const int Enough = 2000;
    private const string Killswitch = "New-TailSplitKillswitch torrents -AllowPublishedPort -BlockHost -Force";

    private const string List = "(Get-TailSplitPolicy -Verbose 4>&1).ForEach{ $_ -is [Management.Automation.VerboseRecord] ? \"$_\" : \"policy=$($_.Name)\" }";

    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(5);

    private Lab Lab => split.Lab;

    [Fact]
    public async Task A_killswitch_moves_to_nftables_and_back_and_nothing_leaks()
    {
        await split.Remove();
        await Lab.Tailscale.Set(new(ExitNode: false));
        string before = await Lab.Snapshot();
        using Flood flood = Flood.Start(split.Torrents, 45000);
        LeakCount control = await Lab.Leaks.During(() => flood.SendMore(2 * Enough));
        Assert.True(
            control.V6 > 0 && control.Total > control.V6, $"The control saw no leak, so the test is void: {control}");

        await split.Run($"{Killswitch} -FirewallBackend Iptables | Out-Null");
        await using (PastRouting routed = await PastRouting.Watch(Lab.Host, split.TorrentsNetwork.Bridge))
        await using (await FirewallAlone.Begin(split))
        {
            await MoveUnderTheFlood(flood);
            Assert.True(await routed.Count() > Enough, "Routing held all of it back, so the test is void.");
        }

        await split.Remove();
        Assert.Equal(before, await Lab.Snapshot());
    }

    [Fact]
    public async Task Policies_of_both_backends_are_listed_and_iptables_is_read_only_if_it_has_one()
    {
        await split.Remove();
        await split.Run("New-TailSplitKillswitch torrents -FirewallBackend Nftables | Out-Null");
        string own = await split.Run(List);
        Assert.Contains("policy=torrents", own, StringComparison.Ordinal);
        Assert.DoesNotContain("tables-save", own, StringComparison.Ordinal);

        await split.Run("New-TailSplitBypass media -FirewallBackend Iptables | Out-Null");
        string both = await split.Run(List);
        Assert.Contains("policy=torrents", both, StringComparison.Ordinal);
        Assert.Contains("policy=media", both, StringComparison.Ordinal);
        Assert.Contains("tables-save", both, StringComparison.Ordinal);
        await split.Remove();
    }

    [Fact]
    public async Task A_bypass_moves_and_its_connections_go_on_by_the_isp()
    {
        await split.Remove();
        await Lab.Tailscale.Set(new());
        await split.Run("New-TailSplitBypass media -FirewallBackend Iptables | Out-Null");
        await using UdpFlow flow = UdpFlow.Start(
            split.Media, Place.Internet.V4, TimeSpan.FromMilliseconds(3), sourcePort: 45001);
        await flow.UntilAnswered(Way.Isp);
        await Lab.Tunnelled.Reset();
        foreach (string backend in (string[])["Nftables", "Iptables"])
        {
            await split.Run($"New-TailSplitBypass media -FirewallBackend {backend} -Force | Out-Null");
            await flow.SendMore(50);
            await flow.UntilAnswered(Way.Isp);
        }

        Assert.Equal(0, (await Lab.Tunnelled.Count()).Udp);
        await split.Remove();
    }

    [Fact]
    public async Task Another_backend_needs_force_and_changes_nothing_without_it()
    {
        await split.Remove();
        await split.Run("New-TailSplitKillswitch torrents -FirewallBackend Iptables | Out-Null");
        string before = await Lab.Snapshot();
        ShellResult refused = await Lab.Shell.Run("New-TailSplitKillswitch torrents -FirewallBackend Nftables");
        Assert.Contains("-Force", refused.Error, StringComparison.Ordinal);
        Assert.Equal(before, await Lab.Snapshot());

        // A policy stays where it is when it is applied again, and a new one goes where it is asked to go.
        await split.Run("New-TailSplitKillswitch torrents | Out-Null");
        Assert.Equal(before, await Lab.Snapshot());
        await split.Run("New-TailSplitBypass media -FirewallBackend Nftables | Out-Null");
        Assert.Equal(
            "media Nftables Active, torrents Iptables Active",
            (await split.Run(
                "(Get-TailSplitPolicy | Sort-Object Name | ForEach-Object { \"$($_.Name) $($_.FirewallBackend) $($_.State)\" }) " +
                "-join ', '")).Trim());
        await split.Remove();
    }

    private async Task MoveUnderTheFlood(Flood flood)
    {
        await Lab.Leaks.Reset();
        using CancellationTokenSource end = new();
        Task<int> asking = AskThePublishedPort(end.Token);
        try
        {
            foreach (string backend in (string[])["Nftables", "Iptables", "Nftables", "Iptables"])
            {
                await split.Run($"{Killswitch} -FirewallBackend {backend} | Out-Null");
                Assert.Equal(
                    $"{backend} Active",
                    (await split.Run("Get-TailSplitPolicy torrents | ForEach-Object { \"$($_.FirewallBackend) $($_.State)\" }")).Trim());
                string now = await Lab.Snapshot();
                Assert.Equal(backend == "Iptables", now.Contains("TAILSPLIT-", StringComparison.Ordinal));
                Assert.Equal(backend == "Nftables", now.Contains("inet tailsplit: ", StringComparison.Ordinal));
            }

            await flood.SendMore(Enough);
        }
        finally
        {
            await end.CancelAsync();
        }

        Assert.True(await asking > 2, "The published port was hardly asked, so the test is void.");
        LeakCount leaks = await Lab.Leaks.Count();
        Assert.True(leaks.Total == 0, $"Leaked: {leaks}");
    }

    // By the host's proxy and by DNAT; each question is a connection of its own.
    private async Task<int> AskThePublishedPort(CancellationToken stop)
    {
        int asked = 0;
        while (!stop.IsCancellationRequested)
        {
            Answer answer = await Probe.AskHttp(
                Lab.Topology.Lan, Place.HostLan.V4, SplitLab.TorrentsPort, s_patience);
            Assert.True(answer.IsAnswered, $"The published port after {asked} answers: {answer}");
            asked++;
        }

        return asked;
    }
}
