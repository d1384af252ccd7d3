using System.Net;
using TailSplit.Core.Diagnosis;
using TailSplit.Core.Hosts;
using TailSplit.Core.Kernel;
using TailSplit.Core.Model;
using TailSplit.Core.Probing;
using TailSplit.Tests.Core.Generators;
using Xunit;

namespace TailSplit.Tests.Core.Probing;

public sealed class ProbeJudgeTests
{
    private static readonly Host s_host = new()
    {
        Routing = new HostRouting
        {
            Interfaces = [new HostInterface("eth0", [new InterfaceAddress(IPAddress.Parse("203.0.113.2"), 24)])],
        },
        Containers = new HostContainers
        {
            Networks =
            [
                new DockerNetwork { Name = "host", Id = new string('b', 64), Driver = "host" },
                new DockerNetwork { Name = "plain", Id = new string('a', 64), Driver = "bridge", Bridge = "br-plain" },
            ],
        },
    };

    private static readonly ProbeFinding s_leak = new()
    {
        Policy = Samples.Killswitch("torrents", Samples.Network("torrents", "br-torrents", "172.20.0.0/16")),
        Target = IPAddress.Parse("198.51.100.10"),
        Bridge = InterfaceName.Parse("br-torrents"),
        Container = "box",
        Services = ["ICMP", "UDP 53/443"],
        Egress = Egress.Direct,
        Interfaces = ["eth0"],
        Host = new HostControl(Egress.Tunnel, DirectWay.Seen),
    };

    private static readonly ProbeFinding s_blocked =
        s_leak with { Egress = Egress.Blocked, Interfaces = [], Host = new HostControl(null, DirectWay.Seen) };

    [Fact]
    public void A_leak_is_reported_with_the_interface_and_the_command_that_closes_it()
    {
        CheckResult result = new ProbeJudge(s_host).Judge(s_leak);

        Assert.Equal(CheckStatus.Fail, result.Status);
        Assert.Equal(
            "Leak: ICMP, UDP 53/443 to 198.51.100.10 from the container box left in clear by eth0, outside the "
                + "killswitch.",
            result.Detail);
        Assert.Equal("New-TailSplitKillswitch torrents -Force", result.Remedy);
    }

    [Fact]
    public void A_leak_by_another_network_names_that_and_disconnects_nothing()
    {
        CheckResult result = new ProbeJudge(s_host).Judge(s_leak with { Detour = "br-plain" });

        Assert.Contains("after entering by br-plain (network plain)", result.Detail, StringComparison.Ordinal);
        Assert.Null(result.Remedy);
    }

    [Fact]
    public void Lost_packets_invalidate_only_results_without_a_captured_packet()
    {
        Assert.Equal(CheckStatus.Pass, new ProbeJudge(s_host).Judge(s_blocked).Status);
        Assert.Equal(CheckStatus.Skipped, new ProbeJudge(s_host, lost: 3).Judge(s_blocked).Status);
        Assert.Equal(CheckStatus.Fail, new ProbeJudge(s_host, lost: 3).Judge(s_leak).Status);
    }

    [Theory]
    [InlineData("203.0.113.2", "is an address of the host")]
    [InlineData("172.20.0.7", "is in the network of the policy")]
    public void A_target_that_no_packet_leaves_for_is_skipped(string target, string reason)
    {
        CheckResult result = new ProbeJudge(s_host).Judge(s_leak with { Target = IPAddress.Parse(target) });

        Assert.Equal(CheckStatus.Skipped, result.Status);
        Assert.Contains(reason, result.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public void A_probe_that_could_not_be_sent_states_the_reason()
    {
        CheckResult result = new ProbeJudge(s_host)
            .Judge(s_leak with { Egress = null, Error = "Network is unreachable" });

        Assert.Equal(CheckStatus.Skipped, result.Status);
        Assert.Equal(
            "ICMP, UDP 53/443 to 198.51.100.10 from the container box could not be sent: Network is unreachable.",
            result.Detail);
    }
}
