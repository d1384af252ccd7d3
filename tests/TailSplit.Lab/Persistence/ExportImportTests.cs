using TailSplit.Lab.Attacks;
using TailSplit.Lab.Transitions;

namespace TailSplit.Lab.Persistence;

/// <summary>What is exported is what was in force, whichever way it comes back.</summary>
[Collection(typeof(NfTablesTransitions))]
public sealed class ExportImportTests(NfTablesAttackLab split)
{
    private const string Policies = """
        @(Get-DockerNetwork media | New-TailSplitBypass -Exclude 198.51.100.11, 2001:db8:51::11
        Get-DockerNetwork plain | New-TailSplitBypass -Mechanism Route -Name other
        Get-DockerNetwork torrents | New-TailSplitKillswitch -AllowDestination 10.0.0.20, fd00:10::/64 -AllowPublishedPort -BlockHost -Action Reject
        New-TailSplitKillswitch -Subnet 172.31.99.0/24 -Name z-by-hand -WarningAction SilentlyContinue) | Out-Null
        """;

    private Lab Lab => split.Lab;

    [Fact]
    public async Task Exported_removed_and_imported_the_rules_are_the_same_byte_for_byte()
    {
        string file = $"{Lab.Folder}/policy.json";
        await split.Remove();
        string bare = await Lab.Snapshot();
        await split.Run(Policies);
        string whole = await Lab.Snapshot();
        await split.Run($"Export-TailSplitPolicy -Path {file}");
        await split.Remove();
        Assert.Equal(bare, await Lab.Snapshot());

        await split.Run($"Import-TailSplitPolicy {file} -WarningAction SilentlyContinue | Out-Null");

        Assert.Equal(whole, await Lab.Snapshot());
        await split.Remove();
    }

    [Fact]
    public async Task The_exported_script_does_what_the_cmdlets_do_and_undoes_it()
    {
        string file = $"{Lab.Folder}/policies.sh";
        await split.Remove();
        string bare = await Lab.Snapshot();
        await split.Run(Policies);
        string whole = await Lab.Snapshot();
        await split.Run($"Export-TailSplitPolicy -As Script -Path {file}");
        await split.Remove();

        Assert.Equal("not in force", await Script(file, "status", expected: 3));
        await Script(file, "up");
        Assert.Equal(whole, await Lab.Snapshot());
        await Script(file, "up");
        Assert.Equal(whole, await Lab.Snapshot());
        Assert.Equal("in force", await Script(file, "status"));
        Assert.Equal("", await split.Run("(Get-TailSplitPolicy | Where-Object State -ne Active).Name"));
        await Script(file, "down");
        Assert.Equal(bare, await Lab.Snapshot());
    }

    [Fact]
    public async Task The_exported_script_leaves_other_policies_alone()
    {
        string file = $"{Lab.Folder}/torrents.sh";
        await split.Remove();
        await split.Run("Get-DockerNetwork torrents | New-TailSplitKillswitch | Out-Null");
        await split.Run($"Export-TailSplitPolicy -As Script -Path {file}");
        await split.Run(
            "Remove-TailSplitPolicy * | Out-Null; Get-DockerNetwork media | New-TailSplitBypass | Out-Null");
        string before = await Lab.Snapshot();

        await Script(file, "up", expected: 1);
        await Script(file, "down", expected: 1);

        Assert.Equal(before, await Lab.Snapshot());
        await split.Remove();
    }

    [Fact]
    public async Task The_exported_script_works_on_a_host_without_docker()
    {
        string file = $"{Lab.Folder}/bare.sh";
        await split.Remove();
        await split.Run(Policies);
        await split.Run($"Export-TailSplitPolicy -As Script -Path {file}");
        string[] rules = Own(await Lab.Snapshot());
        await split.Remove();
        await using NetworkNamespace bare = await NetworkNamespace.Create($"{Lab.Name}-bare");

        string before = await HostRules.Snapshot(bare);
        await bare.Run("dash", [file, "up"]);
        string once = await HostRules.Snapshot(bare);
        Assert.Equal(rules, Own(once));
        await bare.Run("dash", [file, "up"]);
        Assert.Equal(once, await HostRules.Snapshot(bare));
        await bare.Run("dash", [file, "down"]);
        Assert.Equal(before, await HostRules.Snapshot(bare));
    }

    [Fact]
    public async Task The_exported_restore_text_loads()
    {
        string file = $"{Lab.Folder}/restore.txt";
        await split.Remove();
        await split.Run(Policies);
        string whole = await Lab.Snapshot();
        await split.Run($"Export-TailSplitPolicy -As Restore -Path {file}");
        await split.Remove();

        // As the text itself tells.
        foreach (string command in File.ReadLines(file).Where(
            line => line.StartsWith("#   sed ", StringComparison.Ordinal)))
            await Lab.Host.Run("sh", ["-ec", command[4..].Replace("FILE", file, StringComparison.Ordinal)]);

        Assert.Equal(whole, await Lab.Snapshot());
        await split.Remove();
    }

    private async Task<string> Script(string file, string action, int expected = 0)
    {
        ProgramOutput output = await Lab.Host.TryRun("dash", [file, action]);
        Assert.True(output.ExitCode == expected, $"{action}: {output.ExitCode}: {output.Output}{output.Error}");
        return output.Output.Trim();
    }

    // The rules of our own chains and the ip rules; where jumps go is the host's.
    private static string[] Own(string snapshot) =>
        [.. snapshot.Split('\n').Where(line => line.StartsWith("-A TAILSPLIT-", StringComparison.Ordinal)
            || line.StartsWith("-A TS", StringComparison.Ordinal)
            || line.Contains("proto 84", StringComparison.Ordinal))
            // In this namespace a bridge is there, in that it is not.
            .Select(line => line.Replace(" [detached]", "", StringComparison.Ordinal))];
}
