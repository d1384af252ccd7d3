using TailSplit.Lab.Options;

namespace TailSplit.Lab.Backends;

/// <summary>An nft that dies of a segmentation fault, as 1.0.6 does of sets that a later nft has written.</summary>
[Collection(typeof(SharedBackendLab))]
public sealed class DyingNftTests(BackendLab split)
{
    private const string Wrapper = "#!/bin/sh\nkill -SEGV $$\n";
    private const string Table = "nft -j list table inet tailsplit";

    private Lab Lab => split.Lab;

    [Fact]
    public async Task Policies_in_iptables_keep_working_and_nftables_is_refused_with_the_reason()
    {
        await Begin();
        await using LabShell dying = Shell();
        (await dying.Run("New-TailSplitKillswitch torrents | Out-Null")).OrThrow();
        Assert.Equal(
            "Iptables Active",
            (await dying.Run("Get-TailSplitPolicy torrents | ForEach-Object { \"$($_.FirewallBackend) $($_.State)\" }"))
                .OrThrow().Output.Trim());
        string before = await Lab.Snapshot();

        foreach (string command in (string[])
            ["New-TailSplitBypass media -FirewallBackend Nftables", "New-TailSplitKillswitch torrents -FirewallBackend Nftables -Force"])
        {
            ShellResult refused = await dying.Run(command);
            Assert.Contains(Table, refused.Error, StringComparison.Ordinal);
            Assert.Equal(before, await Lab.Snapshot());
        }

        Assert.Contains(
            Table, (await dying.Run("(Get-TailSplitEnvironment).NotSeen")).OrThrow().Output, StringComparison.Ordinal);
        Assert.Equal(LeakCount.None, await Lab.Leaks.During(() => Expect.Stops(split.Torrents, Place.Internet)));
        (await dying.Run("Remove-TailSplitPolicy torrents | Out-Null")).OrThrow();
        Assert.DoesNotContain("proto 84", await Lab.Snapshot(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Get-TailSplitPolicy")]
    [InlineData("Get-TailSplitRule")]
    [InlineData("Test-TailSplitPolicy -Quiet")]
    [InlineData("New-TailSplitKillswitch torrents")]
    [InlineData("New-TailSplitBypass media")]
    [InlineData("Remove-TailSplitPolicy *")]
    [InlineData("Remove-TailSplitPolicy torrents")]
    public async Task Policies_in_a_table_that_can_not_be_read_are_neither_denied_nor_changed(string command)
    {
        await Begin();
        await split.Run("New-TailSplitKillswitch torrents -FirewallBackend Nftables | Out-Null");
        string before = await Lab.Snapshot();
        await using LabShell dying = Shell();
        ShellResult refused = await dying.Run(command);
        Assert.DoesNotContain("True", refused.Output, StringComparison.Ordinal);
        Assert.Contains(Table, refused.Error + refused.Output, StringComparison.Ordinal);
        Assert.Equal(before, await Lab.Snapshot());
        Assert.Equal(LeakCount.None, await Lab.Leaks.During(() => Expect.Stops(split.Torrents, Place.Internet)));
        await split.Remove();
        Assert.DoesNotContain("tailsplit", await Lab.Snapshot(), StringComparison.OrdinalIgnoreCase);
    }

    private async Task Begin()
    {
        await split.Remove();
        await Lab.Tailscale.Set(new(ExitNode: false));
        await Lab.Leaks.Control(() => Lab.Ask(split.Torrents, Place.Internet.V4));
    }

    private LabShell Shell()
    {
        string folder = Directory.CreateDirectory(Path.Combine(Lab.Folder, "dying")).FullName;
        string wrapper = Path.Combine(folder, "nft");
        File.WriteAllText(wrapper, Wrapper);
        File.SetUnixFileMode(wrapper, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        return new(Lab.Host, new Dictionary<string, string?>(Lab.Environment) { ["PATH"] = $"{folder}:{Lab.Tools.SearchPath}" });
    }
}
