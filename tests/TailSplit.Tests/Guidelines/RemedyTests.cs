using System.Text.RegularExpressions;
using TailSplit.Core.Diagnosis;
using TailSplit.Core.Diagnosis.Checks;
using TailSplit.Tests.Core;
using TailSplit.Tests.Core.Diagnosis;
using TailSplit.Tests.Core.Text;
using Xunit;

namespace TailSplit.Tests.Guidelines;

/// <summary>
/// What is suggested harms nobody: no remedy deletes, flushes, overwrites or disconnects what TailSplit did not make,
/// and one that restarts something says so.
/// </summary>
public sealed partial class RemedyTests
{
    public static TheoryData<string> Hosts => [.. TroubledHosts.All.Keys];

    public static TheoryData<string> Captures => [.. Saves.Names];

    public static TheoryData<string> Failures => [.. FailureCatalog.Methods.Keys];

    public static TheoryData<string> Pages =>
        [.. Directory.EnumerateFiles(Path.Combine(SourceTree.Root, "docs"), "*.md", SearchOption.AllDirectories)
            .Append(Path.Combine(SourceTree.Root, "README.md"))
            .Select(path => Path.GetRelativePath(SourceTree.Root, path))];

    [Theory]
    [MemberData(nameof(Hosts))]
    public void A_remedy_removes_nothing_of_other_programs(string host) => Assert.All(
        Doctor.Examine(TroubledHosts.All[host]()), result => Assert.Empty(HarmIn(result.Remedy ?? "")));

    [Theory]
    [MemberData(nameof(Captures))]
    public void A_remedy_removes_nothing_from_captured_hosts(string save) => Assert.All(
        Doctor.Examine(TroubledHosts.Captured(save)), result => Assert.Empty(HarmIn(result.Remedy ?? "")));

    [Theory]
    [MemberData(nameof(Hosts))]
    public void A_remedy_that_restarts_something_says_so(string host) => Assert.All(
        Doctor.Examine(TroubledHosts.All[host]()).Where(
            result => result.Remedy?.Contains("restart", StringComparison.Ordinal) == true),
        result => Assert.Contains("restart", result.Detail, StringComparison.Ordinal));

    [Fact]
    public void Each_check_is_in_trouble_on_one_of_the_hosts() => Assert.Empty(Doctor.Checks
        .Select(check => check.Name)
        .Except(TroubledHosts.All.Values
            .SelectMany(host => Doctor.Examine(host()))
            .Where(result => result.Status is CheckStatus.Warn or CheckStatus.Fail)
            .Select(result => result.Check)));

    [Theory]
    [MemberData(nameof(Failures))]
    public void The_remedy_of_an_error_removes_nothing_of_other_programs(string failure) =>
        Assert.Empty(HarmIn(Core.Model.FailuresTests.Make(failure).Remedy));

    [Theory]
    [MemberData(nameof(Pages))]
    public void No_page_suggests_to_remove_anything_of_other_programs(string page) => Assert.DoesNotContain(
        File.ReadLines(Path.Combine(SourceTree.Root, page)),
        line => Advice().IsMatch(line) || line.Contains("docker network disconnect", StringComparison.Ordinal));

    [Theory]
    [InlineData("ip -4 rule del pref 5094 not fwmark 0xca6c lookup 51820")]
    [InlineData("iptables -D FORWARD -j DOCKER-USER; iptables -I FORWARD -j DOCKER-USER")]
    [InlineData("iptables-legacy -t filter -F")]
    [InlineData("iptables -P FORWARD ACCEPT")]
    [InlineData("docker network disconnect proxy traefik")]
    [InlineData("docker network rm cgn")]
    [InlineData("ip -6 address del fd00:99::1/64 dev br-x")]
    [InlineData("printf '{ }' > /etc/docker/daemon.json")]
    [InlineData("nft flush ruleset")]
    [InlineData("rm /etc/docker/daemon.json")]
    public void A_harmful_command_is_recognised(string command) => Assert.NotEmpty(HarmIn(command));

    [Theory]
    [InlineData("ip rule del pref 95830 from 172.19.0.0/16 iif br-torrents prohibit protocol 84")]
    [InlineData("Remove-TailSplitPolicy games")]
    [InlineData("New-TailSplitKillswitch torrents -RulePreference 2480 -Force")]
    [InlineData("iptables -F TSK-torrents")]
    [InlineData("mkdir -p /etc/systemd/networkd.conf.d && printf 'x' > /etc/systemd/networkd.conf.d/50-tailsplit.conf")]
    public void A_command_that_removes_only_our_rules_is_allowed(string command) => Assert.Empty(HarmIn(command));

    private static IEnumerable<string> HarmIn(string remedy) => remedy
        .Split([";", "&&", "||", "\n"], StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)
        .Where(command => Harm().IsMatch(command) && !Ours().IsMatch(command));

    [GeneratedRegex(
        """
        \bip6?tables\S*\s(.*\s)?(-[DFXZP]|--delete|--flush|--policy)\b
        |\bip\s(.*\s)?(del|delete|flush)\b
        |\bnft\s.*\b(delete|flush|destroy)\b
        |\bipset\s.*\b(destroy|flush|del)\b
        |\bdocker\s.*\b(disconnect|rm|rmi|prune|stop|kill)\b
        |\bconntrack\s.*-[DF]\b
        |\b(rm|mv|truncate|dd)\s
        |\bsystemctl\s.*\b(stop|disable|mask)\b
        |(?<!>)>(?!>)\s*/
        """, RegexOptions.IgnorePatternWhitespace)]
    private static partial Regex Harm();

    // Our own chains, ip rules, units and files.
    [GeneratedRegex(@"\b(TSK|TSB|TAILSPLIT)-|protocol 84\b|/50-tailsplit\.conf|/etc/tailsplit/|\btailsplit[-.]")]
    private static partial Regex Ours();

    [GeneratedRegex(@"\b(then|first|run|by|with)[: ]+`?(sudo )?(ip6?tables\S* .*-[DFX] |ip (-[46] )?rule del|nft flush)")]
    private static partial Regex Advice();
}
