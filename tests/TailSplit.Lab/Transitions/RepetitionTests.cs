using System.Globalization;
using TailSplit.Lab.Attacks;
using TailSplit.Lab.Contract;

namespace TailSplit.Lab.Transitions;

/// <summary>What is in force already is not written again, and what others have in force is left alone.</summary>
public abstract class RepetitionTests(AttackLab split)
{
    private const string Counters =
        "Where-Object Packets -gt 0 | ForEach-Object { \"$($_.Packets) $($_.CommandLine)\" }";

    private Lab Lab => split.Lab;

    [Theory]
    [InlineData("media", "New-TailSplitBypass")]
    [InlineData("media", "New-TailSplitBypass -Mechanism Route -Exclude 198.51.100.11, 2001:db8:51::11")]
    [InlineData("torrents", "New-TailSplitKillswitch")]
    [InlineData(
        "torrents",
        "New-TailSplitKillswitch -AllowDestination 10.0.0.20, fd00:10::/64 -AllowPublishedPort -BlockHost -Action " +
        "Reject")]
    public async Task Applied_twice_a_policy_is_written_once(string network, string policy)
    {
        await split.Remove();
        await Lab.Tailscale.Set(new());
        string apply = $"Get-DockerNetwork {network} | {policy} | ForEach-Object {{ $_.State.ToString() }}";
        await using RulesWatch watch = await RulesWatch.Start(Lab);

        // The control: a change is seen.
        string states = "";
        Assert.NotEqual(0, await watch.During(async () => states = await split.Run(apply)));
        Assert.Equal(["Applied"], States(states));
        await split.Run("Get-TailSplitPolicy | Out-Null");
        Container box = network == "media" ? split.Media : split.Torrents;
        await Lab.Ask(box, Place.Tailnet.V4);
        await Lab.Ask(box, Place.Internet.V4);
        Dictionary<string, long> counters = await CountersOf("");
        // In nftables nothing of a bypass by Route counts: a masquerade does, in iptables.
        Assert.Equal(
            Lab.Backend is FirewallBackend.Nftables && policy.Contains("Route", StringComparison.Ordinal), counters.Count == 0);

        ShellResult again = null!;
        Assert.Equal(
            0,
            await watch.During(async () => again = await Lab.Shell.Run(
                apply.Replace(policy, $"{policy} -Verbose", StringComparison.Ordinal))));
        Assert.Equal(["Unchanged"], States(again.Output));
        Assert.Contains(
            Lab.Backend is FirewallBackend.Nftables ? "nft -j list table inet tailsplit" : "iptables-save", again.Error,
            StringComparison.Ordinal);
        Assert.DoesNotContain("nft -f", again.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("-restore --noflush", again.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("-batch", again.Error, StringComparison.Ordinal);
        AreKept(counters, await CountersOf(""));
    }

    [Fact]
    public async Task A_policy_keeps_rules_and_counters_when_others_come_and_go()
    {
        await split.Remove();
        await Lab.Tailscale.Set(new());
        await split.Apply();
        foreach (Container box in (Container[])[split.Media, split.Torrents])
        {
            await Lab.Ask(box, Place.Tailnet.V4);
            await Lab.Ask(box, Place.Internet.V6);
            await Lab.Ask(box, Place.Internet.V4);
        }

        Dictionary<string, long> media = await CountersOf("media");
        Dictionary<string, long> torrents = await CountersOf("torrents");
        Assert.NotEmpty(media);
        Assert.NotEmpty(torrents);

        await split.Run("Get-DockerNetwork plain | New-TailSplitKillswitch | Out-Null");
        AreKept(media, await CountersOf("media"));
        AreKept(torrents, await CountersOf("torrents"));
        await split.Run("Remove-TailSplitPolicy plain | Out-Null");
        await split.Run("Get-DockerNetwork plain | New-TailSplitBypass | Out-Null");
        AreKept(media, await CountersOf("media"));
        await split.Run("Remove-TailSplitPolicy media | Out-Null");
        AreKept(torrents, await CountersOf("torrents"));
        Assert.Equal(
            "plain torrents",
            (await split.Run("(Get-TailSplitPolicy | Where-Object State -eq Active).Name -join ' '")).Trim());
    }

    [Fact]
    public async Task Policies_survive_other_networks_that_come_and_go()
    {
        Survey survey = new(split);
        await split.Remove();
        await Lab.Tailscale.Set(new());
        await split.Apply();
        string before = await Lab.Snapshot();
        string reports;
        await Lab.CreateNetwork("passing", new() { Subnet = "172.30.60.0/24", SubnetV6 = "2001:db8:d:60::/64" });
        try
        {
            await survey.CheckPolicies("another network came", new());
            reports = await Reports();
        }
        finally
        {
            await Lab.RemoveNetwork("passing");
        }

        await survey.CheckPolicies("another network went", new());
        Assert.Empty(survey.Wrong);
        Assert.Equal(Own(before), Own(await Lab.Snapshot()));
        Assert.Equal("", reports);
        Assert.Equal("", await Reports());
    }

    // What is said of policies that are not whole. Engine 20.10 with its experimental ip6tables puts the rules of a new
    // network above our jump in IPv6's FORWARD, which is said and is no leak: docs/known-limits.md.
    private Task<string> Reports() => split.Run(
        "(Get-TailSplitPolicy).Missing | Where-Object { $_ -notlike 'a position before*ip6tables*-I FORWARD 1 *' }");

    private async Task<Dictionary<string, long>> CountersOf(string policy) =>
        (await split.Run($"Get-TailSplitRule {policy} | {Counters}"))
            .Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Select(line => line.Split(' ', 2))
            .ToDictionary(words => words[1], words => long.Parse(words[0], CultureInfo.InvariantCulture));

    // A packet more may pass at any time, multicast for instance; a rule that was written again would begin at zero.
    private static void AreKept(Dictionary<string, long> before, Dictionary<string, long> after) =>
        Assert.Equal("", string.Join('\n', before
            .Where(rule => after.GetValueOrDefault(rule.Key) < rule.Value)
            .Select(rule => $"was {rule.Value}, is {after.GetValueOrDefault(rule.Key)}: {rule.Key}")));

    private static IEnumerable<string> States(string output) =>
        output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Distinct(StringComparer.Ordinal);

    private static string[] Own(string snapshot) =>
        [.. snapshot.Split('\n').Where(line => line.Contains("tailsplit", StringComparison.OrdinalIgnoreCase)
            || line.Contains("proto 84", StringComparison.Ordinal))];
}

[Collection(typeof(NfTablesTransitions))]
public sealed class NfTablesRepetitionTests(NfTablesAttackLab lab) : RepetitionTests(lab);

[Collection(typeof(LegacyTransitions))]
public sealed class LegacyRepetitionTests(LegacyAttackLab lab) : RepetitionTests(lab);

[Collection(typeof(OwnTableTransitions))]
public sealed class OwnTableRepetitionTests(OwnTableAttackLab lab) : RepetitionTests(lab);
