using TailSplit.Core.Diagnosis;
using TailSplit.Core.Model;
using TailSplit.Output;
using TailSplit.Tests.Engine.Hosting;
using TailSplit.Tests.Fakes;
using TailSplit.Tests.Fakes.Docker;
using TailSplit.Tests.Fakes.Probing;
using Xunit;

namespace TailSplit.Tests.Engine;

/// <summary>Test-TailSplitPolicy -Probe on wires of its own; what real packets do, the lab shows.</summary>
public sealed class ProbeTests : IDisposable
{
    private const string Target = "-ProbeTarget 198.51.100.10, 2001:db8:51::10";

    private readonly Session _session = new();

    private FakeHost Host => _session.Host;

    private FakeProbeHost Wires => Host.Wires;

    private static string Torrents => UsualHost.Torrents.Bridge;

    private static string Media => UsualHost.Media.Bridge;

    public ProbeTests()
    {
        _session.Given($"New-TailSplitBypass media; New-TailSplitKillswitch torrents");
        Wires.Ways[Torrents] = "tailscale0";
        Wires.Ways[Media] = "eth0";
    }

    public void Dispose() => _session.Dispose();

    [Fact]
    public void Nothing_is_sent_without_probe()
    {
        _session.Run(
            "Test-TailSplitPolicy; Test-TailSplitPolicy -Quiet; Test-TailSplitPolicy -ProbeTarget 198.51.100.10")
            .AssertNoErrors();

        Assert.Empty(Wires.Sent);
        Assert.Empty(Wires.Attached);
    }

    [Fact]
    public void A_packet_that_leaves_as_it_should_passes()
    {
        Assert.All(
            Probes($"Test-TailSplitPolicy -Probe {Target}"), check => Assert.Equal(CheckStatus.Pass, check.Status));

        Assert.Contains(
            Probes($"Test-TailSplitPolicy -Probe {Target}"),
            check => check.Detail.StartsWith("Tunnelled: ICMP, TCP 53/443, UDP 53/443", StringComparison.Ordinal));
        Assert.Equal(0, Wires.Open);
        Assert.Equal(0, Host.Writes);
    }

    [Fact]
    public void A_leak_fails_and_makes_quiet_false()
    {
        Wires.Ways[Torrents] = "eth0";

        TailSplitCheck leak = Assert.Single(
            Probes($"Test-TailSplitPolicy -Probe -ProbeTarget 198.51.100.10"),
            check => check.Status == CheckStatus.Fail);

        Assert.Equal("torrents", leak.Policy);
        Assert.StartsWith("Leak: ", leak.Detail, StringComparison.Ordinal);
        Assert.Equal("New-TailSplitKillswitch torrents -Force", leak.Remedy);
        Assert.Equal([false], _session.Run($"Test-TailSplitPolicy -Probe -Quiet {Target}").AssertNoErrors().Of<bool>());
        Assert.Equal(
            [true], _session.Run($"Test-TailSplitPolicy media -Probe -Quiet {Target}").AssertNoErrors().Of<bool>());
    }

    [Fact]
    public void Only_the_policies_that_were_named_are_probed()
    {
        Assert.All(
            Probes($"Test-TailSplitPolicy torr* -Probe {Target}"), check => Assert.Equal("torrents", check.Policy));

        Assert.DoesNotContain(Wires.Sent, sent => sent.From == Media);
    }

    [Fact]
    public void A_family_that_a_network_does_not_have_is_not_sent()
    {
        Probes($"Test-TailSplitPolicy -Probe {Target}");

        Assert.Contains(Wires.Sent, sent => sent.From == Torrents && sent.Probe.Family == IpFamily.IPv6);
        Assert.DoesNotContain(Wires.Sent, sent => sent.From == Media && sent.Probe.Family == IpFamily.IPv6);
    }

    [Fact]
    public void No_probe_goes_further_than_the_first_router()
    {
        Probes($"Test-TailSplitPolicy -Probe {Target}");

        Assert.All(Wires.Sent, sent => Assert.Equal(sent.From == "host" ? 1 : 2, sent.HopLimit));
    }

    [Fact]
    public void By_default_it_is_sent_to_a_public_resolver()
    {
        Probes("Test-TailSplitPolicy -Probe");

        Assert.Equal(
            ["1.1.1.1", "2606:4700:4700::1111"], Wires.Sent.Select(sent => sent.Probe.Target.ToString()).Distinct());
    }

    [Fact]
    public void Without_a_container_it_is_sent_from_a_namespace_with_a_free_address()
    {
        Assert.Contains(
            Probes($"Test-TailSplitPolicy torrents -Probe {Target}"),
            check => check.Detail.Contains($"from a namespace on {Torrents}", StringComparison.Ordinal));

        Assert.Equal([(Torrents, "172.19.255.254/16, fd00:19::ffff:ffff:ffff:fffe/64")], Wires.Attached);
    }

    [Fact]
    public void A_running_container_is_sent_from_and_one_on_no_other_network_is_preferred()
    {
        Host.Docker.Special["jellyfin"] = new FakeContainer("jellyfin") { Pid = 100 };
        Host.Docker.Special["sonarr"] = new FakeContainer("sonarr") { Pid = 200 };
        Host.Remove(UsualHost.Games);
        Host.Add(UsualHost.Games with { Containers = ["jellyfin"] });
        Wires.Processes[100] = Media;
        Wires.Processes[200] = Media;

        Assert.All(
            Probes($"Test-TailSplitPolicy media -Probe {Target}"),
            check => Assert.Contains("from the container sonarr", check.Detail, StringComparison.Ordinal));

        Assert.Empty(Wires.Attached);
    }

    [Fact]
    public void A_container_of_another_machine_is_no_place_to_send_from()
    {
        // jellyfin and sonarr run, but their processes are not here.
        Probes($"Test-TailSplitPolicy media -Probe {Target}");

        Assert.Equal(Media, Assert.Single(Wires.Attached).Bridge);
    }

    [Fact]
    public void A_blind_capture_proves_nothing()
    {
        Wires.Ways[Torrents] = null;
        Assert.All(
            Probes($"Test-TailSplitPolicy torrents -Probe {Target}"),
            check => Assert.Equal(CheckStatus.Warn, check.Status));

        Wires.IsUnknown = true;
        Assert.All(
            Probes($"Test-TailSplitPolicy torrents -Probe {Target}"),
            check => Assert.Equal(CheckStatus.Skipped, check.Status));
        Assert.Equal([true], _session.Run("Test-TailSplitPolicy -Quiet").AssertNoErrors().Of<bool>());
        Assert.Equal([false], _session.Run($"Test-TailSplitPolicy -Probe -Quiet {Target}").AssertNoErrors().Of<bool>());
    }

    [Fact]
    public void A_network_without_the_family_of_any_target_is_skipped() => Assert.Contains(
        "no target has an address family of the network",
        Assert.Single(Probes("Test-TailSplitPolicy media -Probe -ProbeTarget 2001:db8:51::10")).Detail,
        StringComparison.Ordinal);

    [Fact]
    public void A_network_that_can_not_be_entered_is_skipped_and_the_others_are_not()
    {
        Wires.Refusing.Add(Torrents);

        IReadOnlyList<TailSplitCheck> checks = Probes($"Test-TailSplitPolicy -Probe {Target}");

        Assert.Equal(CheckStatus.Skipped, Assert.Single(checks, check => check.Policy == "torrents").Status);
        Assert.Equal(CheckStatus.Pass, Assert.Single(checks, check => check.Policy == "media").Status);
    }

    [Fact]
    public void Without_root_it_is_skipped_with_the_way_out()
    {
        Wires.Refusal = "it needs root";

        IReadOnlyList<TailSplitCheck> checks = Probes($"Test-TailSplitPolicy -Probe {Target}");

        Assert.Equal(2, checks.Count);
        Assert.All(checks, check => Assert.Equal((CheckStatus.Skipped, "sudo pwsh"), (check.Status, check.Remedy)));
        Assert.Empty(Wires.Sent);
    }

    [Fact]
    public void A_bad_target_is_an_error_and_the_others_are_probed()
    {
        Answer answer = _session.Run("Test-TailSplitPolicy -Probe -ProbeTarget 198.51.100.10, 10.0.0.0/8");

        Assert.Equal("InvalidProbeTarget", Assert.Single(answer.Errors).FullyQualifiedErrorId.Split(',')[0]);
        Assert.Equal(["198.51.100.10"], Wires.Sent.Select(sent => sent.Probe.Target.ToString()).Distinct());
    }

    [Fact]
    public void Without_policies_nothing_is_sent()
    {
        _session.Given($"Remove-TailSplitPolicy *");

        Assert.Empty(Probes($"Test-TailSplitPolicy -Probe {Target}"));
        Assert.Empty(Wires.Sent);
    }

    [Fact]
    public async Task Ctrl_c_stops_it_and_everything_is_closed()
    {
        Wires.Ways[Torrents] = null;

        _session.RunAndStop($"Test-TailSplitPolicy -Probe {Target}", Wires.Watching.Task);

        await Task.Yield();
        Assert.Equal(0, Wires.Open);
    }

    private IReadOnlyList<TailSplitCheck> Probes(string script) =>
        [.. _session.Run(script).AssertNoErrors().Of<TailSplitCheck>().Where(check => check.Check == "Probe")];
}
