namespace TailSplit.Lab.Transactions;

/// <summary>Applying what is in force starts no program that writes, and counters go on.</summary>
public abstract class NothingToDoTests(FaultLab lab)
{
    private const string Policies =
        "New-TailSplitBypass media -Exclude 1.1.1.1, 2606:4700::/32 | Out-Null\n" +
        "New-TailSplitKillswitch torrents, plain -AllowPublishedPort -BlockHost -AllowDestination 10.0.0.20 | Out-Null";

    private static string[] Writes(FaultLab lab) =>
        [.. lab.Tools.Calls.Where(call => call.Contains("-restore", StringComparison.Ordinal)
            || call.StartsWith("nft -f", StringComparison.Ordinal)
            || call.Contains("-batch", StringComparison.Ordinal)
            || call.StartsWith("conntrack -D", StringComparison.Ordinal))];

    [Fact]
    public async Task Rules_in_force_are_not_written_again()
    {
        await lab.Begin();
        await lab.Remove();
        await Apply();

        // The control: the first time the wrappers see both layers written, and two families tested.
        Assert.True(
            Writes(lab).Length >= (lab.Lab.Backend is FirewallBackend.Nftables ? 3 : 6), string.Join('\n', Writes(lab)));
        string rules = await lab.Lab.Snapshot();
        await lab.SendMore();
        string counters = await Counters();
        Assert.Matches(@"\b[1-9]\d* (Killswitch|Bypass|)", counters);

        lab.Tools.Heal();
        await Apply();
        Assert.NotEmpty(lab.Tools.Calls);
        Assert.Empty(Writes(lab));
        Assert.Equal(rules, await lab.Lab.Snapshot());
    }

    [Fact]
    public async Task Counters_go_on_when_other_policies_come_and_go()
    {
        await lab.Begin();
        await lab.Remove();
        await lab.Run("New-TailSplitKillswitch torrents | Out-Null");

        // Only the firewall counts: somebody's rule leads past our routing.
        string past = $"rule add pref 90 iif {lab.TorrentsNetwork.Bridge} lookup main";
        await lab.Lab.Host.Ip(past);
        try
        {
            await lab.SendMore(30);
        }
        finally
        {
            await lab.Lab.Host.Ip(past.Replace(" add ", " del ", StringComparison.Ordinal));
        }

        string before = await Blocked();
        Assert.Matches(@"^[3-9]\d", before);
        await lab.Run("New-TailSplitKillswitch plain | Out-Null\nNew-TailSplitBypass media | Out-Null");
        await lab.Run("New-TailSplitKillswitch torrents | Out-Null\nRemove-TailSplitPolicy plain | Out-Null");
        Assert.Equal(before, await Blocked());
        await lab.Run("New-TailSplitKillswitch torrents -Force -AllowPublishedPort | Out-Null");
        Assert.Equal(before, await Blocked());
    }

    private async Task Apply() => (await lab.Shell.Run(Policies)).OrThrow();

    private Task<string> Counters() => lab.Run(
        "Get-TailSplitRule | Where-Object Packets -gt 0 | ForEach-Object { \"$($_.Packets) $($_.Kind) " +
        "$($_.CommandLine)\" }");

    // Of IPv4: ip6tables-nft-restore of iptables 1.8.9 does not heed --counters.
    private async Task<string> Blocked() => (await lab.Run(
        "(Get-TailSplitRule torrents -Family IPv4 | Where-Object Chain -eq TSK-torrents | " +
        "Where-Object CommandLine -like '*DROP').Packets")).Trim();
}

[Collection(nameof(SharedNfTablesFaultLab))]
public sealed class NfTablesNothingToDoTests(NfTablesFaultLab lab) : NothingToDoTests(lab);

[Collection(nameof(SharedLegacyFaultLab))]
public sealed class LegacyNothingToDoTests(LegacyFaultLab lab) : NothingToDoTests(lab);

[Collection(nameof(SharedOwnTableFaultLab))]
public sealed class OwnTableNothingToDoTests(OwnTableFaultLab lab) : NothingToDoTests(lab);
