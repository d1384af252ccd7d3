using TailSplit.Core;
using TailSplit.Core.Errors;
using TailSplit.Core.Model;
using TailSplit.Core.Planning;
using TailSplit.Execution;
using TailSplit.Execution.Files;
using TailSplit.Execution.Transactions;
using TailSplit.Tests.Fakes;
using Xunit;

namespace TailSplit.Tests.Engine.Programs;

/// <summary>Where locks and notes lie: nobody else can hold the one or write the other.</summary>
[System.Runtime.Versioning.SupportedOSPlatform("linux")]
public sealed class RuntimeFolderTests
{
    private const uint Nobody = 65534;

    private readonly FakeHost _host = UsualHost.Create();

    private string LockFile => new ApplyLock(_host.Machine).FilePath;

    [Fact]
    public async Task The_lock_is_0600_in_a_folder_of_0700()
    {
        await AcquireAsync();

        AssertClosed();
    }

    [Fact]
    public async Task A_folder_and_a_lock_that_others_can_open_are_closed_to_them()
    {
        Directory.CreateDirectory(_host.Machine.RuntimeFolder);
        File.SetUnixFileMode(_host.Machine.RuntimeFolder, (UnixFileMode)0x1ff);
        await File.WriteAllTextAsync(LockFile, "", TestContext.Current.CancellationToken);
        File.SetUnixFileMode(LockFile, (UnixFileMode)0x1b6);

        await AcquireAsync();

        AssertClosed();
    }

    [Fact]
    public async Task A_link_in_place_of_the_lock_is_replaced_and_never_followed()
    {
        string target = Path.GetTempFileName();
        try
        {
            Directory.CreateDirectory(_host.Machine.RuntimeFolder);
            File.CreateSymbolicLink(LockFile, target);
            UnixFileMode before = File.GetUnixFileMode(target);

            await AcquireAsync();

            Assert.Null(new FileInfo(LockFile).LinkTarget);
            Assert.Equal(before, File.GetUnixFileMode(target));
            AssertClosed();
        }
        finally
        {
            File.Delete(target);
        }
    }

    [Fact]
    public async Task A_lock_of_another_user_is_replaced()
    {
        Directory.CreateDirectory(_host.Machine.RuntimeFolder);
        await File.WriteAllTextAsync(LockFile, "planted", TestContext.Current.CancellationToken);

        await AcquireAsync(Foreign(LockFile));

        Assert.Equal("", await File.ReadAllTextAsync(LockFile, TestContext.Current.CancellationToken));
        AssertClosed();
    }

    [Fact]
    public async Task A_folder_of_another_user_and_a_link_in_its_place_are_refused()
    {
        Directory.CreateDirectory(_host.Machine.RuntimeFolder);
        await RefusedAsync($"belongs to the user {Nobody}", Foreign(_host.Machine.RuntimeFolder));

        Directory.Delete(_host.Machine.RuntimeFolder);
        Directory.CreateSymbolicLink(_host.Machine.RuntimeFolder, Path.GetTempPath());
        await RefusedAsync("it is not a folder");
        File.Delete(_host.Machine.RuntimeFolder);
    }

    [Fact]
    public async Task A_lock_that_times_out_names_the_process_that_holds_it()
    {
        await using IAsyncDisposable held = await new ApplyLock(_host.Machine).AcquireAsync(
            0, TestContext.Current.CancellationToken);

        TailSplitException e = await Assert.ThrowsAsync<TailSplitException>(
            () => new ApplyLock(_host.Machine).AcquireAsync(0, TestContext.Current.CancellationToken));

        Assert.Contains($"The lock is held by process {Environment.ProcessId} (", e.Failure.Remedy, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_removal_notice_is_read_only_from_a_file_that_no_other_user_can_write()
    {
        string path = Path.ChangeExtension(LockFile, ".watch");
        RemovalNotice watcher = new(_host.Machine, path, 1);
        RemovalNotice command = new(_host.Machine, path, 2);
        Assert.True(watcher.Begin());
        PolicyChange removal = new RemovePolicy(PolicyName.Parse("torrents"));

        File.SetUnixFileMode(path, (UnixFileMode)0x1b6);
        await File.AppendAllTextAsync(path, "3 torrents\n", TestContext.Current.CancellationToken);
        Assert.Empty(watcher.Read());

        Assert.True(watcher.Begin());
        await command.LeaveAsync([removal], TestContext.Current.CancellationToken);
        Assert.Equal(["torrents"], watcher.Read().Select(name => name.ToString()));
        Assert.Equal(RuntimeFolder.FileMode, File.GetUnixFileMode(path));
    }

    // Only root can give a file to another user.
    private Machine Foreign(string file) => _host.Machine with
    {
        StatusOf = path => FileStatus.OfEntry(path) is FileStatus status && path == file
            ? status with { Owner = Nobody }
            : FileStatus.OfEntry(path),
    };

    private async Task AcquireAsync(Machine? machine = null)
    {
        await using IAsyncDisposable held = await new ApplyLock(machine ?? _host.Machine).AcquireAsync(
            0, TestContext.Current.CancellationToken);
    }

    private async Task RefusedAsync(string reason, Machine? machine = null)
    {
        TailSplitException e = await Assert.ThrowsAsync<TailSplitException>(() => AcquireAsync(machine));
        Assert.Equal(nameof(Failures.LockUnavailable), e.Failure.Id);
        Assert.Contains(reason, e.Message, StringComparison.Ordinal);
    }

    private void AssertClosed()
    {
        Assert.Equal(RuntimeFolder.FolderMode, File.GetUnixFileMode(_host.Machine.RuntimeFolder));
        Assert.Equal(RuntimeFolder.FileMode, File.GetUnixFileMode(LockFile));
    }
}
