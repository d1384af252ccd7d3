using TailSplit.Lab.Contract;
using TailSplit.Lab.Options;

namespace TailSplit.Lab.Backends;

/// <summary>The whole story on a host without any program of iptables.</summary>
public sealed class NftAloneTests(NftAloneLab host) : IClassFixture<NftAloneLab>
{
    private const string Policies = "New-TailSplitBypass media | Out-Null; New-TailSplitKillswitch torrents -BlockHost | Out-Null";

    private Lab Lab => host.Lab;

    [Fact]
    public async Task Policies_are_made_seen_tested_traced_drawn_and_removed()
    {
        await Begin();
        string rules = await Rules();
        await Run(Policies);
        Assert.Equal(
            "media Bypass Nftables Active, torrents Killswitch Nftables Active",
            await Run(
                "(Get-TailSplitPolicy | Sort-Object Name | ForEach-Object { " +
                "\"$($_.Name) $($_.Kind) $($_.FirewallBackend) $($_.State)\" }) -join ', '"));
        Survey survey = new(host);
        await survey.CheckPolicies("exit node on", new());
        await Lab.Tailscale.ExitNodeOff();
        await survey.CheckPolicies("exit node off", new(ExitNode: false));
        Assert.Empty(survey.Wrong);
        await Lab.Tailscale.ExitNodeOn();

        Assert.Equal(
            "",
            await Run("Test-TailSplitPolicy | Where-Object Status -EQ Fail | ForEach-Object { \"$($_.Check): $($_.Detail)\" }"));
        Assert.Contains(
            "Tunnel by tailscale0",
            await Run($"Trace-TailSplitPacket torrents -Destination {Place.Internet.V4} | Out-String"),
            StringComparison.Ordinal);
        Assert.Contains("torrents", await Run("Show-TailSplitMap -As Text | Out-String"), StringComparison.Ordinal);
        Assert.Contains("nft add chain inet tailsplit", await Run("(Get-TailSplitRule).CommandLine"), StringComparison.Ordinal);
        await Run("Remove-TailSplitPolicy * | Out-Null");
        Assert.Equal(rules, await Rules());
    }

    [Fact]
    public async Task The_early_unit_closes_a_boot_and_a_watcher_repairs()
    {
        await Begin();
        await Run(Policies);
        string root = Path.Combine(Lab.Folder, "nft-alone");
        Directory.CreateDirectory(Path.Combine(root, "etc/systemd/system"));
        await Run($"Register-TailSplitService -Root '{root}' -WarningAction SilentlyContinue | Out-Null");
        string early = Directory.GetFiles(root, "early.sh", SearchOption.AllDirectories).Single();
        await Lab.Tailscale.ExitNodeOff();
        await Forget();
        // The control: as after a reboot without the early unit.
        await Lab.Leaks.Control(() => Lab.Ask(host.Torrents, Place.Internet.V4));
        await Within("sh", early);
        Assert.Equal(LeakCount.None, await Lab.Leaks.During(() => Expect.Stops(host.Torrents, Place.Internet)));
        await Lab.Host.RunLines("ip -4 rule flush protocol 84\nip -6 rule flush protocol 84");
        Assert.Equal(LeakCount.None, await Lab.Leaks.During(() => Expect.Stops(host.Torrents, Place.Internet)));
        await Run(Policies.Replace("media", "media -Force", StringComparison.Ordinal));

        await using BackgroundProgram watcher = BackgroundProgram.Start(
            "nsenter",
            [$"--net={Lab.Host.FilePath}", .. NftAloneLab.Within, .. Pwsh.Command("Watch-TailSplitPolicy -Verbose *>&1")],
            host.Environment.Where(each => each.Value is not null).ToDictionary(each => each.Key, each => each.Value!));
        try
        {
            await Wait.Until(
                () => watcher.Log.Contains("Watching.", StringComparison.Ordinal) || !watcher.IsRunning, "the watcher",
                TimeSpan.FromSeconds(30));
            Assert.True(watcher.IsRunning, watcher.Log);
            await Task.Delay(TimeSpan.FromSeconds(1), TestContext.Current.CancellationToken);
            LeakCount leaks = await Lab.Leaks.During(async () =>
            {
                await Lab.Host.RunLines("nft delete table inet tailsplit");
                await Wait.Until(
                    async () => (await Lab.Host.TryRun("nft", ["list", "chain", "inet", "tailsplit", "TSK-torrents"])).Succeeded,
                    "the watcher to write the table", TimeSpan.FromSeconds(12));
                await Expect.Stops(host.Torrents, Place.Internet);
            });
            Assert.True(leaks == LeakCount.None, $"Leaked: {leaks}\n{watcher.Log}");
        }
        finally
        {
            await End(watcher);
        }
    }

    // Under systemd its control group would end with it; here the programs that it follows are ours to end.
    private static async Task End(BackgroundProgram watcher)
    {
        int[] followed = [.. ChildProcesses.Of(watcher.Id).Select(child => child.Id)];
        await watcher.Stop(Signal.Kill);
        foreach (int id in followed)
        {
            LibC.Signal(id, Signal.Kill);
        }
    }

    [Fact]
    public async Task Iptables_is_refused_with_the_reason_and_what_if_says_the_commands_of_nft()
    {
        await Begin();
        string rules = await Rules();
        ShellResult refused = await host.Shell.Run("New-TailSplitKillswitch torrents -FirewallBackend Iptables");
        Assert.Contains("iptables", refused.Error, StringComparison.Ordinal);
        Assert.Equal(rules, await Rules());
        string planned = (await host.Shell.Run("(New-TailSplitKillswitch torrents -WhatIf).CommandLine")).Output;
        Assert.DoesNotContain("iptables", planned, StringComparison.Ordinal);
        Assert.Equal(rules, await Rules());
    }

    [Fact]
    public async Task The_exported_script_closes_the_network_and_leaves_nothing_behind()
    {
        await Begin();
        string file = Path.Combine(Lab.Folder, "policies.sh");
        await Run(Policies);
        string[] whole = await Lines();
        await Run($"Export-TailSplitPolicy -As Script -Path {file}; Remove-TailSplitPolicy * | Out-Null");
        string bare = await Rules();
        Assert.Equal("not in force", await Script(file, "status", 3));
        await Lab.Tailscale.ExitNodeOff();
        // The control: without the script's rules the same packets leave.
        await Lab.Leaks.Control(() => Lab.Ask(host.Torrents, Place.Internet.V4));

        await Script(file, "up");
        Assert.Equal(whole, await Lines());
        await Script(file, "up");
        Assert.Equal(whole, await Lines());
        Assert.Equal("in force", await Script(file, "status"));
        Assert.Equal("", await Run("(Get-TailSplitPolicy | Where-Object State -NE Active).Name"));
        Assert.Equal(LeakCount.None, await Lab.Leaks.During(() => Expect.Stops(host.Torrents, Place.Internet)));
        await Lab.Host.RunLines("nft flush chain inet tailsplit TSK-torrents");
        Assert.StartsWith("damaged", await Script(file, "status", 1), StringComparison.Ordinal);
        await Script(file, "up");
        await Lab.Host.RunLines("ip -4 rule flush protocol 84\nip -6 rule flush protocol 84");
        Assert.Equal(LeakCount.None, await Lab.Leaks.During(() => Expect.Stops(host.Torrents, Place.Internet)));

        await Script(file, "down");
        Assert.Equal(bare, await Rules());
        await Lab.Tailscale.ExitNodeOn();
    }

    // Chains and maps are listed in the order in which they were made.
    private async Task<string[]> Lines() => [.. (await Rules()).Split('\n').Order(StringComparer.Ordinal)];

    private async Task<string> Script(string file, string action, int expected = 0)
    {
        ProgramOutput output = await Programs.TryRun("nsenter", [.. Entered("dash", file, action)]);
        Assert.True(output.ExitCode == expected, $"{action}: {output.ExitCode}: {output.Output}{output.Error}");
        return output.Output.Trim();
    }

    private async Task Begin()
    {
        await Lab.Tailscale.Set(new());
        await Run("Remove-TailSplitPolicy * | Out-Null");
        await Lab.Host.RunLines("nft list table ip docker-bridges");
        Assert.Equal(Way.ExitNode, (await Lab.Ask(host.Torrents, Place.Internet.V4)).Way);
        ProgramOutput hidden = await Programs.TryRun("nsenter", [.. Entered("iptables", "--version")]);
        Assert.False(hidden.Succeeded, "There is an iptables, so the test is void.");
    }

    private async Task Forget() => await Lab.Host.RunLines(
        """
        nft delete table inet tailsplit
        ip -4 rule flush protocol 84
        ip -6 rule flush protocol 84
        """);

    private async Task Within(params string[] command) => await Programs.Run("nsenter", Entered(command));

    private IEnumerable<string> Entered(params string[] command) =>
        [$"--net={Lab.Host.FilePath}", .. NftAloneLab.Within, .. command];

    private async Task<string> Run(string script) => (await host.Shell.Run(script)).OrThrow().Output.Trim();

    // Without counters. The lab's own shell is not asked: it has iptables.
    private async Task<string> Rules() => string.Join('\n',
        (await Lab.Host.Run("nft", ["-s", "list", "ruleset"])).Output,
        (await Lab.Host.Run("ip", ["-4", "rule"])).Output,
        (await Lab.Host.Run("ip", ["-6", "rule"])).Output);
}
