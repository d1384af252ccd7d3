using System.Management.Automation;
using System.Runtime.Versioning;
using TailSplit.Core.Services;
using TailSplit.Execution.Programs;
using TailSplit.Execution.Services;
using TailSplit.Output;
using TailSplit.Tests.Core.Goldens;
using TailSplit.Tests.Engine.Hosting;
using Xunit;

namespace TailSplit.Tests.Engine;

/// <summary>The files and units of the service, below a root of the test's own.</summary>
[UnsupportedOSPlatform("windows")]
public sealed class ServiceTests : IDisposable
{
    private const string Policies =
        "New-TailSplitKillswitch torrents -AllowPublishedPort -BlockHost -Action Reject; New-TailSplitKillswitch "
            + "games -AllowDestination 192.168.1.5; New-TailSplitBypass media";

    private static readonly string[] s_files =
    [
        "early.ip-rule", "early.ip6-rule", "early.ip6tables", "early.iptables", "early.sh", "policy.json",
    ];

    // Others as they are ordered on a host with firewalld.
    private static readonly (string Name, string Text)[] s_others =
    [
        ("docker.socket", "[Socket]\nListenStream=/run/docker.sock\n[Install]\nWantedBy=sockets.target\n"),
        ("docker.service", "[Unit]\nAfter=network-online.target docker.socket firewalld.service\nRequires=docker.socket\n[Service]\nExecStart=/bin/true\n"),
        ("firewalld.service", "[Unit]\nBefore=network-pre.target\nWants=network-pre.target\nAfter=dbus.service\n[Service]\nExecStart=/bin/true\n"),
    ];

    private readonly Session _session = new();
    private readonly string _root = Directory.CreateTempSubdirectory("tailsplit-service-").FullName;

    public ServiceTests() => Directory.CreateDirectory(UnitFolder);

    private string UnitFolder => Path.Combine(_root, "etc/systemd/system");

    private string Folder => Path.Combine(_root, "etc/tailsplit");

    private string Register =>
        $"Register-TailSplitService -Root '{_root}' -Executable /opt/pwsh/pwsh -ModulePath \"/opt/Ann's modules/100% \\$TailSplit/TailSplit.psd1\"";

    public void Dispose()
    {
        _session.Dispose();
        Directory.Delete(_root, recursive: true);
    }

    [Fact]
    public void It_writes_what_is_in_force_and_three_units()
    {
        _session.Given($"{Policies}");

        Answer answer = _session.Run(Register + " -Watch").AssertNoErrors();

        Assert.Equal(9, answer.Of<TailSplitServiceFile>().Count);
        Assert.All(answer.Of<TailSplitServiceFile>(), file => Assert.Equal(ServiceFileState.Written, file.State));
        Assert.Equal(s_files, Names(Folder));
        Assert.Equal(["tailsplit-early.service", "tailsplit-watch.service", "tailsplit.service"], Names(UnitFolder));
        Assert.Equal(0, _session.Host.Writes);
        Assert.Empty(_session.Host.Systemd.Orders);
        GoldenFile.Check("service.txt", string.Concat(Directory.GetFiles(Folder).Concat(Directory.GetFiles(UnitFolder))
            .Order(StringComparer.Ordinal)
            .Select(
                file =>
                    $"=== {file[_root.Length..]} {Convert.ToString((int)File.GetUnixFileMode(file), 8)}\n{File.ReadAllText(file)}\n")));
    }

    [Fact]
    public void Policies_can_be_read_by_root_alone()
    {
        _session.Run($"{Policies}; {Register}").AssertNoErrors();

        Assert.Equal(
            UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(Folder));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode($"{Folder}/policy.json"));
    }

    [Fact]
    public void Run_again_it_writes_nothing()
    {
        _session.Run($"{Policies}; {Register} -Watch").AssertNoErrors();
        DateTime before = Directory.GetLastWriteTimeUtc(UnitFolder);
        (string, DateTime)[] files = Times();

        Answer again = _session.Run(Register + " -Watch").AssertNoErrors();

        Assert.All(again.Of<TailSplitServiceFile>(), file => Assert.Equal(ServiceFileState.Unchanged, file.State));
        Assert.Equal(files, Times());
        Assert.Equal(before, Directory.GetLastWriteTimeUtc(UnitFolder));
    }

    [Fact]
    public void Run_again_it_stores_what_is_in_force_then()
    {
        _session.Run($"{Policies}; {Register} -Watch").AssertNoErrors();

        Answer again = _session.Run($"Remove-TailSplitPolicy torrents | Where-Object {{ $false }}; {Register}")
            .AssertNoErrors();

        Assert.Contains(
            again.Of<TailSplitServiceFile>(),
            file => file.State == ServiceFileState.Removed && file.Path.EndsWith(
                "tailsplit-watch.service", StringComparison.Ordinal));
        Assert.DoesNotContain(
            "torrents", File.ReadAllText($"{Folder}/policy.json") + File.ReadAllText($"{Folder}/early.iptables"),
            StringComparison.Ordinal);
    }

    [Fact]
    public void Without_a_killswitch_there_is_nothing_to_close_early()
    {
        _session.Run($"New-TailSplitBypass media; {Register}").AssertNoErrors();

        Assert.Equal(["early.sh", "policy.json"], Names(Folder));
    }

    [Fact]
    public void WhatIf_writes_nothing_and_tells_what_it_would()
    {
        _session.Given($"{Policies}");

        Answer answer = _session.Run(Register + " -Watch -WhatIf").AssertNoErrors();

        Assert.Equal(9, answer.Of<TailSplitServiceFile>().Count(file => file.State == ServiceFileState.Planned));
        Assert.Contains("[Unit]", answer.Of<TailSplitServiceFile>()[^1].Text, StringComparison.Ordinal);
        Assert.False(Directory.Exists(Folder));
        Assert.Empty(Names(UnitFolder));
    }

    [Fact]
    public void Unregistering_leaves_nothing_behind()
    {
        _session.Run($"{Policies}; {Register} -Watch").AssertNoErrors();
        string rules = _session.Host.Rules;

        Answer answer = _session.Run($"Unregister-TailSplitService -Root '{_root}'").AssertNoErrors();

        Assert.Equal(9, answer.Of<TailSplitServiceFile>().Count(file => file.State == ServiceFileState.Removed));
        Assert.False(Directory.Exists(Folder));
        Assert.Empty(Names(UnitFolder));
        Assert.Equal(rules, _session.Host.Rules);
        Assert.Empty(_session.Run($"Unregister-TailSplitService -Root '{_root}'").AssertNoErrors().Output);
    }

    [Fact]
    public void Undoing_with_WhatIf_leaves_everything()
    {
        _session.Run($"{Policies}; {Register}").AssertNoErrors();

        Answer answer = _session.Run($"Unregister-TailSplitService '{_root}' -WhatIf").AssertNoErrors();

        Assert.Equal(8, answer.Of<TailSplitServiceFile>().Count(file => file.State == ServiceFileState.PlannedRemoval));
        Assert.Equal(s_files, Names(Folder));
    }

    [Fact]
    public void Foreign_files_stay()
    {
        Directory.CreateDirectory(Folder);
        File.WriteAllText($"{Folder}/notes.txt", "mine");
        File.WriteAllText($"{UnitFolder}/docker.service", "theirs");

        _session.Run($"{Policies}; {Register}; Unregister-TailSplitService -Root '{_root}'").AssertNoErrors();

        Assert.Equal(["notes.txt"], Names(Folder));
        Assert.Equal(["docker.service"], Names(UnitFolder));
    }

    [Fact]
    public void Without_a_unit_folder_it_says_so_and_writes_nothing()
    {
        Directory.Delete(UnitFolder);

        ErrorRecord error = _session.Run(Register).AssertError("UnitFolderMissing", ErrorCategory.ObjectNotFound);

        Assert.Equal(UnitFolder, error.TargetObject);
        Assert.False(Directory.Exists(Folder));
    }

    [Fact]
    public void A_file_says_what_to_store_where_it_is_given()
    {
        string file = Path.Combine(_root, "mine.json");
        _session.Run($"{Policies}; Export-TailSplitPolicy -Path '{file}'; Remove-TailSplitPolicy *").AssertNoErrors();

        _session.Run($"{Register} -Path '{file}'").AssertNoErrors();

        Assert.Equal(File.ReadAllText(file), File.ReadAllText($"{Folder}/policy.json"));
        Assert.Contains("TSK-torrents", File.ReadAllText($"{Folder}/early.iptables"), StringComparison.Ordinal);
    }

    [Fact]
    public void Killswitches_of_labels_are_closed_early_and_not_stored()
    {
        _session.Host.Docker.Networks.RemoveAll(network => network.Name == "torrents");
        _session.Host.Docker.Networks.Add(
            Fakes.UsualHost.Torrents with { Labels = new() { ["tailsplit.policy"] = "killswitch" } });
        _session.Run($"Sync-TailSplitPolicy; New-TailSplitKillswitch games; {Register} -Label").AssertNoErrors();

        Assert.DoesNotContain("torrents", File.ReadAllText($"{Folder}/policy.json"), StringComparison.Ordinal);
        Assert.Contains("from=labels", File.ReadAllText($"{Folder}/early.iptables"), StringComparison.Ordinal);
        Assert.Contains(
            "Sync-TailSplitPolicy | Out-Null; $$label", File.ReadAllText($"{UnitFolder}/tailsplit.service"),
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task Systemd_itself_finds_no_fault_in_the_units_nor_a_cycle_with_a_firewall_and_docker()
    {
        Assert.SkipUnless(
            File.Exists("/usr/bin/systemd-analyze"), "systemd-analyze is not there (apt-get install systemd)");
        _session.Run(
            $"{Policies}; Register-TailSplitService -Root '{_root}' -Watch -Label -Executable /bin/sh -ModulePath '/opt/a b/TailSplit.psd1'")
            .AssertNoErrors();
        foreach ((string name, string text) in s_others)
            File.WriteAllText($"{UnitFolder}/{name}", text);

        ProgramResult result = await new ProgramRunner(_ => { }).RunAsync(
            new ProgramCall("systemd-analyze", ["verify", .. Directory.GetFiles(UnitFolder)]),
            TestContext.Current.CancellationToken);

        Assert.Equal(new ProgramResult(0, "", ""), result);
    }

    [Fact]
    public void No_link_leads_out_of_the_image_that_is_written_to()
    {
        string outside = Directory.CreateTempSubdirectory("tailsplit-outside-").FullName;
        try
        {
            Directory.Delete(UnitFolder);
            Directory.CreateDirectory(_root + outside);
            Directory.CreateSymbolicLink(UnitFolder, outside);
            Directory.CreateDirectory(Folder);
            File.WriteAllText($"{outside}/secret", "theirs");
            File.CreateSymbolicLink($"{Folder}/policy.json", $"{outside}/secret");

            _session.Run($"{Policies}; {Register}").AssertNoErrors();

            Assert.Equal(["secret"], Names(outside));
            Assert.Equal("theirs", File.ReadAllText($"{outside}/secret"));
            Assert.Equal(["tailsplit-early.service", "tailsplit.service"], Names(_root + outside));
            Assert.Null(new FileInfo($"{Folder}/policy.json").LinkTarget);

            File.CreateSymbolicLink($"{outside}/tailsplit.service", "secret");
            _session.Run($"Unregister-TailSplitService -Root '{_root}'").AssertNoErrors();

            Assert.Equal(["secret", "tailsplit.service"], Names(outside));
            Assert.Empty(Names(_root + outside));
        }
        finally
        {
            Directory.Delete(outside, recursive: true);
        }
    }

    [Fact]
    public void Units_do_not_run_what_others_can_write()
    {
        Directory.CreateDirectory($"{_root}/opt/pwsh");
        File.WriteAllText($"{_root}/opt/pwsh/pwsh", "");
        File.SetUnixFileMode($"{_root}/opt/pwsh", (UnixFileMode)0b111_111_111);

        ErrorRecord error = _session.Run(Register).AssertError(
            "UntrustedServiceProgram", ErrorCategory.PermissionDenied);

        Assert.Contains("/opt/pwsh is open to all", error.ToString(), StringComparison.Ordinal);
        Assert.Contains(
            _session.Run($"{Register} -WhatIf").AssertNoErrors().Warnings,
            warning => warning.Contains("/opt/pwsh is open to all", StringComparison.Ordinal));
        Assert.False(Directory.Exists(Folder));
        Assert.Empty(Names(UnitFolder));
    }

    [Fact]
    public void Register_refuses_a_folder_that_other_users_can_write()
    {
        Directory.CreateDirectory(Folder);
        File.SetUnixFileMode(Folder, (UnixFileMode)0b111_111_111);

        ErrorRecord error = _session.Run(Register).AssertError(
            "UntrustedServiceFolder", ErrorCategory.PermissionDenied);

        Assert.Equal("/etc/tailsplit", error.TargetObject);
        Assert.Empty(Names(Folder));
        Assert.Empty(Names(UnitFolder));
    }

    [Fact]
    public void The_folder_of_an_image_may_be_a_link_inside_it()
    {
        Directory.CreateDirectory($"{_root}/srv/ts");
        Directory.CreateSymbolicLink(Folder, "/srv/ts");

        _session.Run($"{Policies}; {Register}").AssertNoErrors();
        Assert.Equal(s_files, Names($"{_root}/srv/ts"));
        _session.Run($"Unregister-TailSplitService -Root '{_root}'").AssertNoErrors();

        Assert.False(Directory.Exists($"{_root}/srv/ts"));
    }

    [Fact]
    public void A_missing_program_in_an_image_is_a_warning()
    {
        Answer answer = _session.Run(Register).AssertNoErrors();

        Assert.Equal(2, answer.Warnings.Count);
        Assert.Contains("/opt/pwsh/pwsh does not exist", answer.Warnings[0], StringComparison.Ordinal);
        Assert.Contains("TailSplit.psd1 does not exist", answer.Warnings[1], StringComparison.Ordinal);
    }

    [Fact]
    public void A_module_that_is_not_installed_for_all_users_is_a_warning()
    {
        Answer answer = _session.Run($"Register-TailSplitService -Root '{_root}' -Executable /opt/pwsh/pwsh")
            .AssertNoErrors();

        Assert.Contains(
            answer.Warnings,
            warning => warning.Contains("/usr/local/share/powershell/Modules", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("usr/bin/docker", true)]
    [InlineData("snap/bin/docker", false)]
    public void Units_have_no_sandbox_if_docker_is_a_snap(string docker, bool fenced)
    {
        Directory.CreateDirectory(Path.GetDirectoryName($"{_root}/{docker}")!);
        File.WriteAllText($"{_root}/{docker}", "");

        _session.Run(Register).AssertNoErrors();

        Assert.Equal(
            fenced,
            File.ReadAllText($"{UnitFolder}/tailsplit.service").Contains("NoNewPrivileges", StringComparison.Ordinal));
    }

    [Fact]
    public void In_an_image_the_watchers_link_goes_with_it()
    {
        _session.Run($"{Policies}; {Register} -Watch").AssertNoErrors();
        Directory.CreateDirectory($"{UnitFolder}/multi-user.target.wants");
        string link = $"{UnitFolder}/multi-user.target.wants/tailsplit-watch.service";
        File.CreateSymbolicLink(link, "/etc/systemd/system/tailsplit-watch.service");

        _session.Run(Register).AssertNoErrors();

        Assert.Empty(Names(Path.GetDirectoryName(link)!));
    }

    [Fact]
    public async Task A_watcher_that_is_no_longer_wanted_is_stopped_before_its_file_goes()
    {
        CancellationToken stop = TestContext.Current.CancellationToken;
        ServiceFolder folder = new(_root);
        File.WriteAllText($"{UnitFolder}/tailsplit-watch.service", "");
        ServiceFile[] wanted =
        [
            new("/etc/systemd/system/tailsplit-early.service", "e", UnixFileMode.UserRead),
            new("/etc/systemd/system/tailsplit.service", "s", UnixFileMode.UserRead),
            new("/etc/systemd/system/tailsplit-watch.service", null, UnixFileMode.None),
        ];

        ServiceRegistration registration = new(folder, wanted);
        await registration.StopAsync(new Systemd(_session.Host), stop);
        await registration.StartAsync(new Systemd(_session.Host), stop);

        Assert.Equal(
            [
                "disable --now tailsplit-watch.service", "daemon-reload",
                "enable tailsplit-early.service tailsplit.service",
            ],
            _session.Host.Systemd.Orders);
    }

    [Fact]
    public async Task A_watcher_that_runs_on_without_its_file_is_stopped_too()
    {
        _session.Host.Systemd.ActiveUnits.Add("tailsplit-watch.service");

        await new ServiceRegistration(new ServiceFolder(_root), []).StopAsync(
            new Systemd(_session.Host), TestContext.Current.CancellationToken);

        Assert.Equal(["stop tailsplit-watch.service"], _session.Host.Systemd.Orders);
    }

    private static IEnumerable<string> Names(string folder) =>
        Directory.GetFileSystemEntries(folder).Select(path => Path.GetFileName(path)).Order(StringComparer.Ordinal);

    private (string, DateTime)[] Times() =>
        [.. Directory.GetFiles(_root, "*", SearchOption.AllDirectories).Select(
            path => (path, File.GetLastWriteTimeUtc(path)))];
}
