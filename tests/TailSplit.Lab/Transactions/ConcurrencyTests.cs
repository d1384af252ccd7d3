using System.Globalization;

namespace TailSplit.Lab.Transactions;

/// <summary>
/// Eight processes that each add and remove a policy of their own, while dockerd makes and removes networks: no update
/// is lost, and other people's rules stay as they are, in their order. <c>TAILSPLIT_CONCURRENT_SECONDS</c> says for how
/// long.
/// </summary>
public abstract class ConcurrencyTests(ConcurrencyTests.CrowdedLab crowded)
{
    private const int Writers = 8;

    // How much longer a process goes on that had no turn yet, on a machine that is busy otherwise.
    private const int Patience = 20;

    private static int Seconds =>
        int.TryParse(
            Environment.GetEnvironmentVariable("TAILSPLIT_CONCURRENT_SECONDS"),
            CultureInfo.InvariantCulture,
            out int seconds)
            ? seconds
            : 15;

    private Lab Lab => crowded.Lab;

    [Fact]
    public async Task No_update_is_lost_and_foreign_rules_stay()
    {
        await Lab.Tailscale.Set(new(ExitNode: false));
        await AddForeignRules();
        await Churn();
        string before = await Lab.Snapshot();
        string[] foreign = Foreign(before);
        Assert.True(
            foreign.Length > 20 && foreign.Count(line => line.Contains("192.0.2.", StringComparison.Ordinal)) >= 5);

        LabShell[] shells = [.. Enumerable.Range(0, Writers).Select(_ => new LabShell(Lab.Host, Lab.Environment))];
        try
        {
            await Task.WhenAll(shells.Select(shell => shell.Run("$null")));
            Task<string[]> writing = Task.WhenAll(shells.Select(Write));
            int networks = 0;
            for (; !writing.IsCompleted; networks++)
            {
                await Churn();
            }

            string[] reports = await writing;
            TestContext.Current.TestOutputHelper?.WriteLine(
                $"{GetType().Name}: {Seconds} s, {networks} Docker networks made and removed; " +
                $"by process: {string.Join(" | ", reports)}");
            Assert.All(reports, report => Assert.Matches(@"^\d+ rounds, \d+ time-outs, errors: $", report));
            Assert.True(
                reports.Count(report => report[0] != '0') >= Writers / 2,
                "Hardly anybody got a turn, so the test is void.");

            string[] expected = [.. Enumerable.Range(0, Writers).Where(IsLeftInForce)
                .Select(writer => $"tx{writer} {Kind(writer)} Active: ").Order(StringComparer.Ordinal)];
            Assert.Equal(expected, (await crowded.Policies()).Select(line => line + (line.EndsWith(' ') ? "" : " ")));
        }
        finally
        {
            foreach (LabShell shell in shells)
            {
                await shell.DisposeAsync();
            }
        }

        Assert.Equal(foreign, Foreign(await Lab.Snapshot()));
        (await Lab.Shell.Run("Remove-TailSplitPolicy * | Out-Null")).OrThrow();
        Assert.Equal(before, await Lab.Snapshot());
    }

    private static bool IsLeftInForce(int writer) => writer % 4 != 3;

    private static string Kind(int writer) => writer % 2 == 0 ? "Killswitch" : "Bypass";

    // The first four by hand, for bridges that are not there; the others for networks of Docker's.
    private static string Target(int writer) => writer < Writers / 2
        ? $"-Subnet 10.99.{writer}.0/24, fd00:99:{writer}::/64 -Bridge br-tx{writer}"
        : $"-Network tx{writer}";

    private static async Task<string> Write(LabShell shell, int writer)
    {
        // Short, so that a time-out is seen as one, and not as a shell that gives no answer.
        string add =
            $"New-TailSplit{Kind(writer)} {Target(writer)} -Name tx{writer} -Wait 15 -ErrorAction Stop | Out-Null";
        string remove = $"Remove-TailSplitPolicy tx{writer} -Wait 15 -ErrorAction Stop | Out-Null";
        ShellResult loop = await shell.Run(
            $"$rounds = 0; $late = 0; $failed = @(); $in = $false; $end = [DateTime]::UtcNow.AddSeconds({Seconds}); " +
            $"$last = $end.AddSeconds({Patience}); " +
            "while ([DateTime]::UtcNow -lt $end -or ($rounds -lt 2 -and [DateTime]::UtcNow -lt $last)) { " +
            $"try {{ if ($in) {{ {remove}; $in = $false }} else {{ {add}; $in = $true }}; $rounds++ }} " +
            "catch { if ($_.FullyQualifiedErrorId -like 'LockTimeout,*') { $late++ } else { $failed += \"$_\" } } }; " +
            "\"$rounds rounds, $late time-outs, errors: $($failed -join ' | ')\"");
        ShellResult last = await shell.Run(
            (IsLeftInForce(writer) ? $"if (-not $in) {{ {add} }}" : $"if ($in) {{ {remove} }}")
                .Replace("-Wait 15", "-Wait 50", StringComparison.Ordinal));
        return loop.Error.Length + last.Error.Length == 0 ? loop.Output.TrimEnd('\n') : $"{loop}{last}";
    }

    private async Task Churn()
    {
        await Lab.Docker.CreateNetwork("passing", new() { Subnet = "172.30.99.0/24", SubnetV6 = "2001:db8:d:99::/64" });
        await Lab.Docker.RemoveNetwork("passing");
    }

    private async Task AddForeignRules()
    {
        string v4 = Path.Combine(Lab.Tools.Folder, "iptables");
        string v6 = Path.Combine(Lab.Tools.Folder, "ip6tables");
        await Lab.Host.RunLines(
            $"""
            {v4} -w -I DOCKER-USER -s 192.0.2.1 -j DROP
            {v4} -w -A FORWARD -d 192.0.2.2 -m comment --comment mine -j REJECT
            {v4} -w -t nat -A POSTROUTING -s 192.0.2.3 -j SNAT --to-source 203.0.113.2
            {v4} -w -t mangle -A PREROUTING -s 192.0.2.4 -j MARK --set-xmark 0x1/0x1
            {v6} -w -A FORWARD -s 2001:db8:192::2 -j DROP
            {v6} -w -t nat -A POSTROUTING -s 2001:db8:192::3 -j MASQUERADE
            ip rule add pref 3000 from 192.0.2.5 lookup main
            ip rule add pref 5150 from 192.0.2.6 lookup main
            ip -6 rule add pref 3000 from 2001:db8:192::5 lookup main
            """);
    }

    /// <summary>The rules that are not TailSplit's, each with its place, in their order.</summary>
    private static string[] Foreign(string snapshot)
    {
        List<string> rules = [];
        string place = "";
        foreach (string line in snapshot.Split('\n'))
        {
            if (line is ['=', ..])
            {
                place = line;
            }
            else if (line is ['*', ..])
            {
                place = $"{place.Split('*')[0]}{line}";
            }
            else if (line is ['-', ..] || (line.Length > 0 && char.IsAsciiDigit(line[0])))
            {
                rules.Add($"{place} {line}");
            }
        }

        string[] ours = ["TAILSPLIT", "TSK-", "TSB-", "proto 84"];
        return [.. rules.Where(rule => !ours.Any(word => rule.Contains(word, StringComparison.Ordinal)))];
    }

    /// <summary>Docker networks for half of the writers.</summary>
    public abstract class CrowdedLab(LabOptions options) : LabFixture(options)
    {
        public async Task<IReadOnlyList<string>> Policies() => (await Lab.Shell.Run(
            "Get-TailSplitPolicy | " +
            "ForEach-Object { \"$($_.Name) $($_.Kind) $($_.State): $($_.Missing -join ' | ')\" }"))
            .OrThrow().Output.Split('\n', StringSplitOptions.RemoveEmptyEntries);

        protected override async Task Prepare(Lab lab)
        {
            for (int writer = Writers / 2; writer < Writers; writer++)
            {
                await lab.CreateNetwork(
                    $"tx{writer}", new() { Subnet = $"172.30.{writer}.0/24", SubnetV6 = $"2001:db8:d:{writer}::/64" });
            }
        }
    }

    public sealed class NfTablesCrowdedLab() : CrowdedLab(new());

    public sealed class OwnTableCrowdedLab() : CrowdedLab(new() { Backend = FirewallBackend.Nftables });

    public sealed class LegacyCrowdedLab() : CrowdedLab(new() { Docker = new() { Iptables = IptablesVariant.Legacy } });
}

[CollectionDefinition(nameof(CrowdedLabs), DisableParallelization = true)]
public sealed class CrowdedLabs;

[Collection(nameof(CrowdedLabs))]
public sealed class NfTablesConcurrencyTests(ConcurrencyTests.NfTablesCrowdedLab lab)
    : ConcurrencyTests(lab), IClassFixture<ConcurrencyTests.NfTablesCrowdedLab>;

[Collection(nameof(CrowdedLabs))]
public sealed class LegacyConcurrencyTests(ConcurrencyTests.LegacyCrowdedLab lab)
    : ConcurrencyTests(lab), IClassFixture<ConcurrencyTests.LegacyCrowdedLab>;

[Collection(nameof(CrowdedLabs))]
public sealed class OwnTableConcurrencyTests(ConcurrencyTests.OwnTableCrowdedLab lab)
    : ConcurrencyTests(lab), IClassFixture<ConcurrencyTests.OwnTableCrowdedLab>;
