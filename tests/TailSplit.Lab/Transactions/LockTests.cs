namespace TailSplit.Lab.Transactions;

/// <summary>
/// Locks that can't be had: a clear error within the time that was given, nothing changed, and the killswitch closed.
/// </summary>
public abstract class LockTests(FaultLab lab)
{
    private const string Arranged = "New-TailSplitKillswitch torrents -Force | Out-Null";
    private const string Change = "New-TailSplitKillswitch torrents -Force -AllowPublishedPort -Wait 1 | Out-Null";

    [Fact]
    public async Task A_lock_of_another_tailsplit_is_waited_for_and_then_named()
    {
        string old = await Arrange();
        await using (FileStream held = new(
            await OwnLock(), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None))
        {
            long start = TimeProvider.System.GetTimestamp();
            ShellResult refused = await lab.Shell.Run(Change);
            Assert.True(TimeProvider.System.GetElapsedTime(start).TotalSeconds is >= 1 and < 20);
            Assert.Contains($"held the lock {held.Name} for 1 s", refused.Error, StringComparison.Ordinal);
            Assert.StartsWith("LockTimeout,", await ErrorId(), StringComparison.Ordinal);
            await Unchanged(old);

            ShellResult removal = await lab.Shell.Run("Remove-TailSplitPolicy torrents -Wait 0 | Out-Null");
            Assert.Contains("held the lock", removal.Error, StringComparison.Ordinal);
            await Unchanged(old);

            // Reading needs no lock.
            Assert.Contains(
                await lab.Policies(),
                policy => policy.StartsWith("torrents Killswitch Active", StringComparison.Ordinal));

            // Let go in time, it is waited for.
            Task<ShellResult> waiting = lab.Shell.Run(Change.Replace("-Wait 1", "-Wait 20", StringComparison.Ordinal));
            await Task.Delay(1500, TestContext.Current.CancellationToken);
            Assert.False(waiting.IsCompleted);
            held.Close();
            (await waiting).OrThrow();
        }

        Assert.NotEqual(old, await lab.Lab.Snapshot());
        await lab.AssertClosed("let go");
    }

    [Fact]
    public async Task A_lock_file_on_a_full_disk_is_an_error()
    {
        string old = await Arrange();
        await OwnLock();
        string[] full =
        [
            $"--net={lab.Lab.Host.FilePath}", "unshare", "--mount", "sh", "-c",
            "mount -t tmpfs -o size=4k,nr_inodes=1 none /run/tailsplit && exec \"$@\"", "sh",
            .. Pwsh.Command(Change + "; $Error[0].FullyQualifiedErrorId; $Error[0].ErrorDetails.RecommendedAction"),
        ];
        ProgramOutput refused = await Programs.TryRun("nsenter", full, environment: lab.Lab.Environment);
        Assert.Contains("LockUnavailable,", refused.Output, StringComparison.Ordinal);
        Assert.Contains("Nothing was changed.", refused.Output, StringComparison.Ordinal);
        Assert.Contains("No space left on device", refused.Error, StringComparison.Ordinal);
        await Unchanged(old);
        await lab.Run(Change);
    }

    /// <summary>A killswitch in force; its rules.</summary>
    protected async Task<string> Arrange()
    {
        await lab.Begin();
        await lab.Run(Arranged);
        await lab.Lab.Leaks.Reset();
        return await lab.Lab.Snapshot();
    }

    protected async Task Unchanged(string old)
    {
        Assert.Equal(old, await lab.Lab.Snapshot());
        await lab.AssertClosed("refused");
    }

    private async Task<string> ErrorId() => (await lab.Shell.Run("$Error[0].FullyQualifiedErrorId")).Output.Trim();

    // The folder is there since the first apply.
    private async Task<string> OwnLock()
    {
        ProgramOutput inode = await Programs.Run("stat", ["--dereference", "--format=%i", lab.Lab.Host.FilePath]);
        string path = $"/run/tailsplit/{inode.Output.Trim()}.lock";
        Assert.True(File.Exists(path), $"{path} is not there: TailSplit's lock is another one, so the test is void.");
        return path;
    }
}

[Collection(nameof(SharedNfTablesFaultLab))]
public sealed class NfTablesLockTests(NfTablesFaultLab lab) : LockTests(lab);

[Collection(nameof(SharedLegacyFaultLab))]
public sealed class LegacyLockTests(LegacyFaultLab lab) : LockTests(lab)
{
    [Fact]
    public async Task A_busy_xtables_lock_is_an_error_with_the_message_of_iptables()
    {
        string old = await Arrange();

        // A lock file of this shell's own: the usual one is every lab's.
        string path = Path.Combine(lab.Lab.Folder, "xtables.lock");
        Dictionary<string, string?> environment = new(lab.Lab.Environment) { ["XTABLES_LOCKFILE"] = path };
        await using LabShell shell = new(lab.Lab.Host, environment);
        await using (FileStream held = new(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None))
        {
            ShellResult refused = await shell.Run(
                "New-TailSplitKillswitch torrents -Force -BlockHost -Wait 1 | Out-Null");
            Assert.Contains("iptables-restore'", refused.Error, StringComparison.Ordinal);
            Assert.Contains(
                "Another app is currently holding the xtables lock", refused.Error, StringComparison.Ordinal);
            await Unchanged(old);
        }

        (await shell.Run("New-TailSplitKillswitch torrents -Force -BlockHost -Wait 1 | Out-Null")).OrThrow();
        Assert.NotEqual(old, await lab.Lab.Snapshot());
        await lab.AssertClosed("let go");
    }
}
