using System.Management.Automation;
using System.Runtime.Versioning;
using TailSplit.Core.Trust;
using TailSplit.Execution.Files;
using TailSplit.Execution.Programs;
using TailSplit.Tests.Engine.Hosting;
using Xunit;

namespace TailSplit.Tests.Engine.Persistence;

/// <summary>Whether files are trusted, on real files with owners, modes and links.</summary>
[UnsupportedOSPlatform("windows")]
public sealed class FileTrustTests : IDisposable
{
    private const UnixFileMode Open = (UnixFileMode)0b111_111_111;
    private const string NobodyAtAll = "12345";

    private readonly TemporaryFolder _folder = new();
    private readonly Session _session = new();

    public void Dispose()
    {
        _session.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public void A_link_that_leads_back_to_itself_is_not_a_file()
    {
        File.CreateSymbolicLink(_folder["a"], _folder["b"]);
        File.CreateSymbolicLink(_folder["b"], "a");

        Assert.Equal(FileTrustState.Missing, Own().Of(_folder["a"]).State);
    }

    [Fact]
    public void A_relative_link_is_followed_from_where_it_is()
    {
        Directory.CreateDirectory(_folder["x/y"]);
        string file = _folder.Write("x/file", "");
        File.CreateSymbolicLink(_folder["x/y/link"], "../file");

        WalkedPath walked = WalkedPath.Of(_folder["x/y/link"]);

        Assert.Equal(file, walked.Target);
        Assert.True(Own().Of(_folder["x/y/link"]).IsTrusted);
    }

    [Fact]
    public void A_path_that_does_not_exist_is_missing_and_not_trusted() =>
        Assert.Equal(FileTrustState.Missing, Own().Of(_folder["no/such/file"]).State);

    [Fact]
    public void A_folder_on_the_path_of_a_link_is_checked_too()
    {
        Directory.CreateDirectory(_folder["open"]);
        File.WriteAllText(_folder["open/file"], "");
        File.CreateSymbolicLink(_folder["link"], _folder["open/file"]);
        TemporaryFolder.Chmod(_folder["open"], Open);

        FileTrust trust = Own().Of(_folder["link"]);

        Assert.Equal(FileTrustState.Untrusted, trust.State);
        Assert.Contains(_folder["open"], trust.Reason, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Module/bin/TailSplit.dll", "Module/TailSplit.psd1")]
    [InlineData("Module/1.0.0/bin/Dependencies/CliWrap.dll", "Module")]
    [InlineData("pwsh/System.Private.CoreLib.dll", "pwsh/pwsh")]
    [InlineData("pwsh/Modules/PSReadLine/PSReadLine.psm1", "pwsh/pwsh")]
    [InlineData("dotnet/shared/Microsoft.NETCore.App/10.0.1/System.Private.CoreLib.dll", "dotnet/dotnet")]
    [InlineData("tools/.store/powershell/7.6.9/any/pwsh.dll", "tools/pwsh")]
    public void What_a_program_or_a_module_loads_counts_too(string library, string loaded)
    {
        foreach (string name in (string[])[library, loaded])
        {
            Directory.CreateDirectory(Path.GetDirectoryName(_folder[name])!);
            if (!Directory.Exists(_folder[name]))
                _folder.Write(name, "");
        }

        Assert.True(Own().OfLoaded(_folder[loaded]).IsTrusted);
        TemporaryFolder.Chmod(_folder[library], Open);

        Assert.Contains(library, Own().OfLoaded(_folder[loaded]).Reason, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/etc/passwd")]
    [InlineData("../../../../../../etc/passwd")]
    public void No_link_of_an_image_leads_out_of_it(string target)
    {
        Directory.CreateDirectory(_folder["image/dir"]);
        File.CreateSymbolicLink(_folder["image/dir/link"], target);

        WalkedPath walked = WalkedPath.Of("/dir/link", _folder["image"]);

        Assert.Equal(_folder["image/etc/passwd"], walked.Target);
        Assert.True(walked.IsMissing);
    }

    [Fact]
    public void The_rest_of_a_path_that_does_not_exist_stays_in_the_image_too()
    {
        Directory.CreateDirectory(_folder["image"]);
        File.CreateSymbolicLink(_folder["image/etc"], "missing/../../../../../tmp");

        Assert.Equal(_folder["image/tmp/x"], WalkedPath.Of("/etc/x", _folder["image"]).Target);
    }

    [Fact]
    public async Task A_policy_file_below_a_folder_of_another_user_is_refused()
    {
        Directory.CreateDirectory(_folder["theirs/deep"]);
        string path = _folder.Write("theirs/deep/policy.json", """{ "version": 1, "policies": [] }""");
        _session.Run($"Import-TailSplitPolicy {path}").AssertNoErrors();
        await Give(_folder["theirs"]);

        ErrorRecord error = _session.Run($"Import-TailSplitPolicy {path}")
            .AssertError("UntrustedPolicyFile", ErrorCategory.PermissionDenied);

        Assert.Contains($"{_folder["theirs"]} belongs to user {NobodyAtAll}", error.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_file_behind_a_link_of_another_user_in_a_shared_folder_is_not_trusted()
    {
        string path = _folder.Write("policy.json", """{ "version": 1, "policies": [] }""");
        TemporaryFolder.Chmod(_folder.Path, Open | UnixFileMode.StickyBit);
        File.CreateSymbolicLink(_folder["link"], path);
        _session.Run($"Import-TailSplitPolicy {_folder["link"]}").AssertNoErrors();
        await Give(_folder["link"]);

        ErrorRecord error = _session.Run($"Import-TailSplitPolicy {_folder["link"]}")
            .AssertError("UntrustedPolicyFile", ErrorCategory.PermissionDenied);

        Assert.Contains("link belongs to user", error.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_named_pipe_is_refused_without_waiting_for_a_writer()
    {
        await Run("mkfifo", _folder["pipe"]);

        _session.Run($"Import-TailSplitPolicy {_folder["pipe"]}")
            .AssertError("PolicyFileUnreadable", ErrorCategory.ResourceUnavailable);
    }

    private static FileTrustReader Own() => new(user: FileStatus.CurrentUser);

    private static async Task Give(string path)
    {
        Assert.SkipUnless(FileStatus.CurrentUser == 0, "only root can give a file away");
        await Run("chown", "--no-dereference", NobodyAtAll, path);
    }

    private static async Task Run(string program, params string[] arguments)
    {
        ProgramResult result = await new ProgramRunner(_ => { }).RunAsync(
            new ProgramCall(program, [.. arguments]), TestContext.Current.CancellationToken);
        Assert.True(result.Succeeded, result.Complaint);
    }
}
