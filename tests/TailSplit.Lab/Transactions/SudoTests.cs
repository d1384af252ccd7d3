using System.Globalization;
using TailSplit.Lab.Boot;

namespace TailSplit.Lab.Transactions;

/// <summary>A user who is not root, and a real sudo that allows what docs/fleet.md says is enough, and no more.</summary>
public sealed class SudoTests(NfTablesBootLab boot) : IClassFixture<NfTablesBootLab>
{
    private const string Missing = "'sudo' is not there (apt-get install sudo)";

    // For this program alone: sudo heeds a file of root that nobody else can write, and PowerShell can be among root's
    // packages, whose folder nobody else can enter.
    private const string AsNobody =
        """
        mount --bind /root/.nuget /mnt && mount -t tmpfs -o mode=755 none /root && mkdir /root/.nuget &&
        mount --bind /mnt /root/.nuget
        mount --bind "$SUDOERS" /etc/sudoers && exec setpriv --reuid=65534 --regid=65534 --clear-groups "$0" "$@"
        """;

    private Lab Lab => boot.Lab;

    private string ByHand => $"New-TailSplitKillswitch -Subnet 172.30.2.0/24, 2001:db8:d:2::/64 -Bridge {boot.Torrents.Bridge} -Name torrents";

    [Fact]
    public async Task The_list_of_the_documentation_is_enough_for_every_command()
    {
        Assert.SkipUnless(File.Exists("/usr/bin/sudo"), Missing);
        await boot.Run("Remove-TailSplitPolicy * | Out-Null");
        await Lab.Leaks.Control(boot.Sent);
        await using LabShell shell = await ShellWith(DocumentedList());

        string[] said = Lines(await shell.Run(
            $"""
            {ByHand} | Out-Null
            (Get-TailSplitPolicy torrents).State
            (Get-TailSplitRule).Count -gt 10
            """));

        Assert.Equal(["Active", "True"], said);
        Assert.Equal(LeakCount.None, await Lab.Leaks.During(boot.Sent));
        ProgramOutput folder = await Programs.Run("stat", ["--format=%U %a", "/run/tailsplit"]);
        Assert.Equal("root 700", folder.Output.Trim());
        Assert.Empty(Lines(await shell.Run("Remove-TailSplitPolicy torrents | Out-Null; Get-TailSplitPolicy")));
    }

    [Fact]
    public async Task Without_conntrack_the_policy_is_in_force_and_a_warning_says_what_may_go_on()
    {
        Assert.SkipUnless(File.Exists("/usr/bin/sudo"), Missing);
        await boot.Run("Remove-TailSplitPolicy * | Out-Null");
        await using LabShell shell = await ShellWith(
            DocumentedList().Replace(" /usr/sbin/conntrack,", "", StringComparison.Ordinal));

        ShellResult result = await shell.Run(
            $"{ByHand} -WarningVariable said 3>$null | Out-Null; \"$said\"; (Get-TailSplitPolicy torrents).State");

        string[] said = Lines(result);
        Assert.Contains("The rules are in force, but some earlier connections of 172.30.2.0/24, 2001:db8:d:2::/64", said[0], StringComparison.Ordinal);
        Assert.Equal("Active", said[^1]);
    }

    [Fact]
    public async Task A_list_that_is_not_enough_is_a_refusal_that_names_the_whole_list()
    {
        Assert.SkipUnless(File.Exists("/usr/bin/sudo"), Missing);
        string before = await Lab.Snapshot();
        await using LabShell shell = await ShellWith(
            "nobody ALL=(root) NOPASSWD: /usr/sbin/iptables-*, /usr/sbin/ip6tables-*, /usr/sbin/ip\n");

        ShellResult result = await shell.Run(
            $"try {{ {ByHand} -ErrorAction Stop }} catch {{ $_.FullyQualifiedErrorId; $_.ErrorDetails.RecommendedAction }}");

        Assert.StartsWith("PermissionDenied,", Lines(result)[0], StringComparison.Ordinal);
        Assert.Contains("iptables-*, ip6tables-*, ip, conntrack, nft, flock, install and podman", result.Output, StringComparison.Ordinal);
        Assert.Equal(before, await Lab.Snapshot());
    }

    [Fact]
    public async Task A_local_user_can_not_hold_the_lock()
    {
        await boot.Run("New-TailSplitKillswitch torrents -Force | Out-Null");
        ProgramOutput inode = await Programs.Run("stat", ["--dereference", "--format=%i", Lab.Host.FilePath]);
        string path = string.Create(CultureInfo.InvariantCulture, $"/run/tailsplit/{inode.Output.Trim()}.lock");
        Assert.True(File.Exists(path));

        ProgramOutput held = await Programs.TryRun(
            "setpriv", ["--reuid=65534", "--regid=65534", "--clear-groups", "flock", "--nonblock", path, "true"]);

        Assert.Contains("Permission denied", held.Error, StringComparison.Ordinal);
    }

    private static string[] Lines(ShellResult result)
    {
        result.OrThrow();
        return result.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
    }

    private static string DocumentedList() => File
        .ReadLines(Path.Combine(Pwsh.Project, "docs/fleet.md"))
        .Single(line => line.StartsWith("ops ALL=(root) NOPASSWD: ", StringComparison.Ordinal))
        .Replace("ops ", "nobody ", StringComparison.Ordinal) + "\n";

    private async Task<LabShell> ShellWith(string sudoers)
    {
        string path = Path.Combine(Lab.Folder, "sudoers");
        await File.WriteAllTextAsync(path, sudoers);
        File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.GroupRead);
        Dictionary<string, string?> environment = new(Lab.Environment)
        {
            ["SUDOERS"] = path,
            ["HOME"] = "/tmp",
            ["PATH"] = "/usr/sbin:/usr/bin:/sbin:/bin",
        };
        return new(Lab.Host, environment, "unshare", "--mount", "--propagation", "private", "sh", "-c", AsNobody);
    }
}
