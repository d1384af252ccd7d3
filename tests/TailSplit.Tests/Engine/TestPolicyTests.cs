using System.Management.Automation;
using TailSplit.Core.Diagnosis;
using TailSplit.Core.Model;
using TailSplit.Output;
using TailSplit.Tests.Engine.Hosting;
using TailSplit.Tests.Fakes;
using TailSplit.Tests.Fakes.Docker;
using Xunit;

namespace TailSplit.Tests.Engine;

public sealed class TestPolicyTests : IDisposable
{
    private readonly Session _session = new();

    private FakeHost Host => _session.Host;

    public void Dispose() => _session.Dispose();

    [Fact]
    public void A_healthy_host_without_policies_gives_no_warning()
    {
        IReadOnlyList<TailSplitCheck> checks = Checks("Test-TailSplitPolicy");

        Assert.NotEmpty(checks);
        Assert.All(checks, check => Assert.Equal(CheckStatus.Pass, check.Status));
        Assert.All(checks, check => Assert.Null(check.Policy));
    }

    [Fact]
    public void A_healthy_host_with_policies_gives_no_warning()
    {
        Given();

        Assert.Empty(Troubles());
        Assert.Contains(Checks("Test-TailSplitPolicy"), check => check.Policy == "media");
    }

    [Fact]
    public void Nothing_is_written()
    {
        Given();
        _session.Run("Test-TailSplitPolicy").AssertNoErrors();

        Assert.Equal(0, Host.Writes);
    }

    [Fact]
    public void Quiet_is_true_or_false_and_nothing_else()
    {
        Given();
        Assert.Equal([true], _session.Run("Test-TailSplitPolicy -Quiet").AssertNoErrors().Of<bool>());

        Host.Routes.Delete(IpFamily.IPv4, rule => rule.End == "prohibit");
        Assert.Equal([false], _session.Run("Test-TailSplitPolicy -Quiet").AssertNoErrors().Of<bool>());
    }

    [Fact]
    public void A_warning_does_not_make_quiet_false()
    {
        Given();
        Host.Tailscale.NoStatefulFiltering = false;

        Assert.Equal([true], _session.Run("Test-TailSplitPolicy -Quiet").AssertNoErrors().Of<bool>());
    }

    [Fact]
    public void A_policy_that_is_not_proved_makes_quiet_false()
    {
        Given();
        Host.Firewall[IpFamily.IPv4].Load("*filter\n-I DOCKER-USER 1 -m realm --realm 10 -j ACCEPT\nCOMMIT\n");

        Assert.Equal([false], _session.Run("Test-TailSplitPolicy -Quiet").AssertNoErrors().Of<bool>());
    }

    [Fact]
    public void A_remedy_run_as_printed_repairs_what_is_missing()
    {
        Given();
        Host.Routes.Delete(IpFamily.IPv6, rule => rule.End == "prohibit");

        TailSplitCheck check = Assert.Single(Troubles());
        Assert.Equal("Rules", check.Check);
        Assert.Equal("torrents", check.Policy);
        _session.Run(check.Remedy!).AssertNoErrors();

        Assert.Empty(Troubles());
    }

    [Fact]
    public void The_remedy_of_a_policy_with_every_option_says_them_all()
    {
        _session.Given(
            $"New-TailSplitKillswitch torrents -Name shut -AllowDestination 10.0.0.5, fd00::/64 -AllowPublishedPort -Action Reject -BlockHost");
        Keep("shut");
        Host.Routes.Delete(IpFamily.IPv6, rule => rule.End == "prohibit");

        TailSplitCheck check = Assert.Single(Troubles());

        Assert.Equal(
            "New-TailSplitKillswitch torrents -Name shut -AllowDestination 10.0.0.5/32, fd00::/64 -AllowPublishedPort "
                + "-Action Reject -BlockHost -Force",
            check.Remedy);
        _session.Run(check.Remedy!).AssertNoErrors();
        Assert.Empty(Troubles());
    }

    [Fact]
    public void Names_select_policies_and_the_host_is_checked_in_any_case()
    {
        Given();

        IReadOnlyList<TailSplitCheck> checks = Checks("Test-TailSplitPolicy m*");

        Assert.Equal(["media"], checks.Select(check => check.Policy).OfType<string>().Distinct());
        Assert.Contains(checks, check => check.Check == "ExitNode");
    }

    [Fact]
    public void Policies_come_from_the_pipeline_and_the_host_is_looked_at_once()
    {
        Given();

        IReadOnlyList<TailSplitCheck> checks = Checks("Get-TailSplitPolicy | Test-TailSplitPolicy");

        Assert.Equal(["media", "torrents"], checks.Select(check => check.Policy).OfType<string>().Distinct());
        Assert.Single(checks, check => check.Check == "ExitNode");
    }

    [Fact]
    public void An_unknown_name_is_an_error_and_quiet_is_false()
    {
        Given();

        Answer answer = _session.Run("Test-TailSplitPolicy nosuch -Quiet");

        answer.AssertError("PolicyNotFound", ErrorCategory.ObjectNotFound);
        Assert.Equal([false], answer.Of<bool>());
    }

    [Fact]
    public void Without_root_there_is_an_error_and_no_answer()
    {
        Given();
        Host.RefusesRoot = true;

        Answer answer = _session.Run("Test-TailSplitPolicy -Quiet");

        answer.AssertError("PermissionDenied", ErrorCategory.PermissionDenied);
        Assert.Empty(answer.Output);
    }

    [Fact]
    public void Without_docker_what_needs_it_is_skipped_with_its_words()
    {
        Given();
        Host.Docker.IsRunning = false;

        IReadOnlyList<TailSplitCheck> checks = Checks("Test-TailSplitPolicy");

        Assert.Empty(Troubles());
        Assert.Equal(
            ["Replies", "Bridge", "EmbeddedDns", "OtherNetwork", "Privileges", "PublishedPorts"],
            checks.Where(check => check.Status == CheckStatus.Skipped).Select(check => check.Check));
        Assert.All(
            checks.Where(check => check.Status == CheckStatus.Skipped),
            check => Assert.Contains("Cannot connect to the Docker daemon", check.Detail, StringComparison.Ordinal));
    }

    [Fact]
    public void Without_tailscale_the_kernel_still_answers()
    {
        Given();
        Host.Missing.Add("tailscale");

        Assert.Empty(Troubles());
        Assert.Equal(CheckStatus.Pass, Check("ExitNode").Status);
        Assert.Equal(CheckStatus.Skipped, Check("StatefulFiltering").Status);
    }

    [Fact]
    public void The_lan_access_trap_is_mended_by_one_command_without_any_policy()
    {
        Host.Tailscale.AllowLanAccess = false;
        Host.Routes.AddRoute(IpFamily.IPv4, 52, "172.18.0.0/16", "tailscale0");

        TailSplitCheck check = Assert.Single(Troubles());

        Assert.Equal("Replies", check.Check);
        Assert.Equal(CheckStatus.Fail, check.Status);
        Assert.Equal("tailscale set --exit-node-allow-lan-access=true", check.Remedy);
        _session.Given($"New-TailSplitBypass media");
        Keep("media");
        Assert.Empty(Troubles());
    }

    [Fact]
    public void Names_asked_by_the_host_are_read_from_the_containers_own_file()
    {
        FakeContainer seeder = new("seeder");
        Host.Remove(UsualHost.Torrents);
        Host.Add(UsualHost.Torrents with { Containers = [seeder.Name] });
        Given();
        Host.Files[seeder.ResolvConf] = "nameserver 127.0.0.11\n# ExtServers: [9.9.9.9]\n";
        Assert.Empty(Troubles());

        Host.Files[seeder.ResolvConf] = "nameserver 127.0.0.11\n"
            + "# Based on host file: '/etc/resolv.conf' (internal resolver)\n# ExtServers: [host(192.168.1.1)]\n";
        TailSplitCheck check = Assert.Single(Troubles());
        Assert.Equal(("EmbeddedDns", CheckStatus.Warn, "torrents"), (check.Check, check.Status, check.Policy));
        Assert.Contains("seeder", check.Detail, StringComparison.Ordinal);
        Assert.Contains("192.168.1.1", check.Detail, StringComparison.Ordinal);
        Assert.Contains("--dns 9.9.9.9", check.Detail, StringComparison.Ordinal);
        // What a container's servers are no command changes, and nothing of Docker's is written or restarted for it.
        Assert.Null(check.Remedy);
    }

    [Theory]
    [InlineData(true, CheckStatus.Warn)]
    [InlineData(false, CheckStatus.Fail)]
    public void Names_by_magic_dns_are_no_pass_and_fail_while_there_is_no_exit_node(bool exitNode, CheckStatus status)
    {
        FakeContainer seeder = new("seeder");
        Host.Remove(UsualHost.Torrents);
        Host.Add(UsualHost.Torrents with { Containers = [seeder.Name] });
        Given();
        if (!exitNode)
        {
            Host.Routes.RemoveTable(52);
            Host.Routes.AddRoute(IpFamily.IPv4, 52, "100.100.100.100", "tailscale0");
            Host.Routes.AddRoute(IpFamily.IPv6, 52, "fd7a:115c:a1e0::53", "tailscale0");
        }

        Host.Files[seeder.ResolvConf] = "nameserver 127.0.0.11\n# ExtServers: [100.100.100.100]\n";
        TailSplitCheck check = Assert.Single(Checks("Test-TailSplitPolicy"), check => check is { Check: "MagicDns", Policy: "torrents" });

        Assert.Equal(status, check.Status);
        Assert.Equal("New-TailSplitKillswitch torrents -DnsServer 9.9.9.9, 2620:fe::fe -Force", check.Remedy);
        _session.Run(check.Remedy!).AssertNoErrors();
        Assert.Equal(
            CheckStatus.Pass,
            Assert.Single(Checks("Test-TailSplitPolicy"), check => check is { Check: "MagicDns", Policy: "torrents" }).Status);
    }

    [Fact]
    public void A_name_server_on_the_lan_that_the_killswitch_refuses_is_named()
    {
        FakeContainer seeder = new("seeder");
        Host.Remove(UsualHost.Torrents);
        Host.Add(UsualHost.Torrents with { Containers = [seeder.Name] });
        Given();
        Host.Files[seeder.ResolvConf] = "nameserver 127.0.0.11\n# ExtServers: [192.168.1.1]\n";

        TailSplitCheck check = Assert.Single(Troubles());
        Assert.Equal(("EmbeddedDns", CheckStatus.Warn, "torrents"), (check.Check, check.Status, check.Policy));
        Assert.Contains("192.168.1.1", check.Detail, StringComparison.Ordinal);
        _session.Run(check.Remedy!).AssertNoErrors();
        Assert.Empty(Troubles());
    }

    private void Given()
    {
        _session.Given($"New-TailSplitBypass media; New-TailSplitKillswitch torrents");
        Keep("media", "torrents");
    }

    private void Keep(params string[] names)
    {
        Host.Files["/etc/systemd/system/tailsplit.service"] = "[Unit]\n";
        IEnumerable<string> policies = names.Select(name =>
            $$"""{"name":"{{name}}","kind":"killswitch","network":"{{name}}"}""");
        Host.Files["/etc/tailsplit/policy.json"] = $$"""{"version":1,"policies":[{{string.Join(',', policies)}}]}""";
    }

    private IReadOnlyList<TailSplitCheck> Checks(string script) =>
        _session.Run(script).AssertNoErrors().Of<TailSplitCheck>();

    private TailSplitCheck Check(string name) =>
        Checks("Test-TailSplitPolicy").Single(check => check.Check == name && check.Policy is null);

    private TailSplitCheck[] Troubles() =>
        [.. Checks("Test-TailSplitPolicy").Where(check => check.Status is CheckStatus.Warn or CheckStatus.Fail)];
}
