using System.Management.Automation;
using TailSplit.Tests.Engine.Hosting;
using Xunit;

namespace TailSplit.Tests.Engine.Persistence;

public sealed class ExportTests : IDisposable
{
    private readonly Session _session = new();
    private readonly TemporaryFolder _folder = new();

    public void Dispose()
    {
        _session.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public void Policies_are_kept_by_the_name_of_their_network()
    {
        _session.Given($"New-TailSplitKillswitch torrents -Name shut -BlockHost");

        Assert.Equal(
            """
            {
              "version": 1,
              "policies": [
                {
                  "name": "shut",
                  "kind": "killswitch",
                  "network": "torrents",
                  "lastKnown": {
                    "bridge": "br-torrents",
                    "subnets": [
                      "172.19.0.0/16",
                      "fd00:19::/64"
                    ]
                  },
                  "blockHost": true
                }
              ]
            }
            """,
            Text("Export-TailSplitPolicy"));
    }

    [Fact]
    public void Policies_are_selected_by_name_by_wildcard_and_from_the_pipeline()
    {
        _session.Given($"New-TailSplitKillswitch torrents; New-TailSplitBypass media, games");

        Assert.DoesNotContain("\"media\"", Text("Export-TailSplitPolicy t*"), StringComparison.Ordinal);
        Assert.DoesNotContain(
            "\"torrents\"", Text("Get-TailSplitPolicy media, games | Export-TailSplitPolicy"),
            StringComparison.Ordinal);
        _session.Run("Export-TailSplitPolicy nothing").AssertError("PolicyNotFound", ErrorCategory.ObjectNotFound);
    }

    [Theory]
    [InlineData("Json", UnixFileMode.UserRead | UnixFileMode.UserWrite)]
    [InlineData("Restore", UnixFileMode.UserRead | UnixFileMode.UserWrite)]
    [InlineData("Script", UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute)]
    public void A_file_has_what_is_emitted_without_one_and_is_its_owners_alone(string format, UnixFileMode mode)
    {
        _session.Given($"New-TailSplitKillswitch torrents");
        string text = Text($"Export-TailSplitPolicy -As {format}");

        Assert.Empty(
            _session.Run($"Export-TailSplitPolicy -As {format} -Path {_folder["out"]}").AssertNoErrors().Output);

        Assert.Equal(text + "\n", File.ReadAllText(_folder["out"]));
        Assert.Equal(mode, OperatingSystem.IsLinux() ? File.GetUnixFileMode(_folder["out"]) : mode);
        Assert.Single(Directory.GetFiles(_folder.Path));
    }

    [Fact]
    public void An_existing_file_is_replaced_unless_that_is_forbidden()
    {
        _folder.Write("out", "before");

        _session.Run($"Export-TailSplitPolicy -Path {_folder["out"]} -NoClobber")
            .AssertError("PolicyFileExists", ErrorCategory.ResourceExists);
        Assert.Equal("before", File.ReadAllText(_folder["out"]));
        _session.Run($"Export-TailSplitPolicy -Path {_folder["out"]}").AssertNoErrors();
        Assert.NotEqual("before", File.ReadAllText(_folder["out"]));
    }

    [Fact]
    public void Through_a_symbolic_link_the_file_behind_it_is_written()
    {
        _folder.Write("real", "before");
        File.CreateSymbolicLink(_folder["link"], _folder["real"]);

        _session.Run($"Export-TailSplitPolicy -Path {_folder["link"]}").AssertNoErrors();

        Assert.NotEqual("before", File.ReadAllText(_folder["real"]));
        Assert.NotNull(new FileInfo(_folder["link"]).LinkTarget);
    }

    [Fact]
    public void A_folder_that_does_not_exist_is_an_error() =>
        _session.Run($"Export-TailSplitPolicy -Path {_folder["none/out"]}")
            .AssertError("PolicyFileNotWritten", ErrorCategory.ResourceUnavailable);

    [Fact]
    public void A_dry_run_writes_no_file_and_needs_no_root()
    {
        _session.Host.RefusesRoot = true;

        _session.Run($"Export-TailSplitPolicy -Path {_folder["out"]} -WhatIf").AssertNoErrors();

        Assert.Empty(Directory.GetFiles(_folder.Path));
        Assert.Empty(_session.Host.Calls);
    }

    [Fact]
    public void Export_writes_no_rule()
    {
        _session.Given($"New-TailSplitKillswitch torrents");

        _session.Run("Export-TailSplitPolicy; Export-TailSplitPolicy -As Script; Export-TailSplitPolicy -As Restore")
            .AssertNoErrors();

        Assert.Equal(0, _session.Host.Writes);
    }

    private string Text(string script) =>
        Assert.IsType<string>(Assert.Single(_session.Run(script).AssertNoErrors().Output).BaseObject);
}
