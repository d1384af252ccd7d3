using TailSplit.Core.Kernel;
using TailSplit.Core.Model;
using TailSplit.Core.Tracing;
using Xunit;

namespace TailSplit.Tests.Core.Tracing;

/// <summary>
/// Policy routing as the kernel walks it (net/core/fib_rules.c); the lab compares the same with real packets.
/// </summary>
public sealed class RoutingTraceTests
{
    [Theory]
    // Tailscale's own: the tunnel, a throw route, a subnet route; the host itself, broadcasts too.
    [InlineData("""{"priority":5270,"src":"all","table":"52"}""", "1.1.1.1", "tailscale0")]
    [InlineData("""{"priority":5270,"src":"all","table":"52"}""", "10.0.0.20", "lan0")]
    [InlineData("""{"priority":5270,"src":"all","table":"52"}""", "203.0.113.2", "host")]
    [InlineData("""{"priority":5270,"src":"all","table":"52"}""", "203.0.113.255", "host")]
    // UniFi's one rule.
    [InlineData(
        """{"priority":5270,"not":null,"src":"all","fwmark":"0x80000","fwmask":"0xff0000","table":"52"}""", "1.1.1.1",
        "tailscale0")]
    // The default route left out.
    [InlineData("""{"priority":5270,"src":"all","table":"52","suppress_prefixlen":0}""", "1.1.1.1", "eth0")]
    [InlineData("""{"priority":5270,"src":"all","table":"52","suppress_prefixlen":0}""", "10.77.0.1", "tailscale0")]
    // Rules about other packets.
    [InlineData("""{"priority":9,"src":"all","iif":"br-b","action":"8"}""", "1.1.1.1", "eth0")]
    [InlineData("""{"priority":9,"src":"all","iif":"br-a","iif_detached":null,"action":"8"}""", "1.1.1.1", "eth0")]
    [InlineData("""{"priority":9,"src":"all","oif":"eth0","action":"8"}""", "1.1.1.1", "eth0")]
    [InlineData("""{"priority":9,"src":"all","tos":"0x10","action":"8"}""", "1.1.1.1", "eth0")]
    [InlineData("""{"priority":9,"src":"all","uid_start":1000,"uid_end":1000,"action":"8"}""", "1.1.1.1", "eth0")]
    [InlineData("""{"priority":9,"src":"all","uid_start":0,"uid_end":99,"action":"8"}""", "1.1.1.1", "refused")]
    [InlineData("""{"priority":9,"src":"all","ipproto":"ipproto-17","action":"8"}""", "1.1.1.1", "eth0")]
    [InlineData(
        """{"priority":9,"src":"all","ipproto":"ipproto-6","dport_start":400,"dport_end":500,"action":"8"}""",
        "1.1.1.1", "refused")]
    [InlineData("""{"priority":9,"src":"all","ipproto":"ipproto-6","dport":80,"action":"8"}""", "1.1.1.1", "eth0")]
    [InlineData("""{"priority":9,"src":"all","sport":53,"action":"8"}""", "1.1.1.1", "eth0")]
    [InlineData(
        """{"priority":9,"src":"172.30.1.0","srclen":24,"dst":"1.0.0.0","dstlen":8,"action":"6"}""", "1.1.1.1",
        "discarded")]
    [InlineData(
        """{"priority":9,"src":"172.30.1.0","srclen":24,"dst":"1.0.0.0","dstlen":8,"action":"7"}""", "1.1.1.1",
        "refused")]
    // Goto, to a rule that is there and to one that is not; nop.
    [InlineData(
        """{"priority":9,"src":"all","goto":32766},{"priority":5270,"src":"all","table":"52"}""", "1.1.1.1", "eth0")]
    [InlineData(
        """{"priority":9,"src":"all","goto":99,"unresolved":null},{"priority":5270,"src":"all","table":"52"}""",
        "1.1.1.1", "tailscale0")]
    [InlineData("""{"priority":9,"src":"all","nop":null}""", "1.1.1.1", "eth0")]
    // An error is an answer: it is not suppressed, and ends the walk.
    [InlineData("""{"priority":9,"src":"all","table":"254","suppress_prefixlen":32}""", "10.66.0.1", "refused")]
    // A table that is empty.
    [InlineData("""{"priority":9,"src":"all","table":"99"}""", "1.1.1.1", "eth0")]
    public void Rules_are_walked_as_the_kernel_does(string rules, string destination, string end)
    {
        PacketTrace trace = new Scene { Rules = rules }.Trace(destination);

        Assert.Empty(trace.Unsure);
        Assert.Equal(end, trace.Routed!.Outcome switch
        {
            RouteOutcome.Forward => trace.Interface,
            RouteOutcome.Deliver => "host",
            RouteOutcome.Refuse => "refused",
            RouteOutcome.Discard => "discarded",
            _ => "no route",
        });
        Assert.Equal(
            end == "tailscale0"
                ? Egress.Tunnel
                : end.EndsWith('0')
                ? Egress.Direct
                : end == "host"
                ? null
                : Egress.Blocked,
            trace.Egress);
    }

    [Fact]
    public void Of_two_routes_to_one_prefix_the_lower_metric_is_taken_and_dead_ones_are_passed_over()
    {
        Scene scene = new()
        {
            Rules = "",
            AllRoutes = """
                [{"dst":"default","gateway":"10.0.0.1","dev":"wlan0","metric":600,"flags":[]},
                {"dst":"default","gateway":"203.0.113.1","dev":"eth0","metric":100,"flags":[]},
                {"dst":"default","dev":"eth9","flags":["dead","linkdown"]},
                {"dst":"default","tos":"0x10","dev":"eth8","flags":[]},
                {"dst":"172.30.1.0/24","dev":"br-a","flags":[]}]
                """,
        };

        Assert.Equal("eth0", scene.Trace("1.1.1.1").Interface);
    }

    [Fact]
    public void Several_next_hops_by_several_interfaces_are_a_doubt()
    {
        Scene scene = new()
        {
            Rules = "",
            AllRoutes = """
                [{"dst":"default","flags":[],"nexthops":[{"gateway":"203.0.113.1","dev":"eth0","weight":1,"flags":[]},{"via":{"family":"inet6","host":"fe80::1"},"dev":"eth1","weight":1,"flags":[]}]},
                {"dst":"172.30.1.0/24","dev":"br-a","flags":[]}]
                """,
        };

        PacketTrace trace = scene.Trace("1.1.1.1");

        Assert.Equal(
            "which of several next hops it takes: default via 203.0.113.1 dev eth0 or via fe80::1 dev eth1",
            Assert.Single(trace.Unsure));
        Assert.True(trace.AgreesWith(RouteAnswer.Parse("""[{"dst":"1.1.1.1","dev":"eth1","flags":[]}]""")!));
    }

    [Fact]
    public void Without_a_route_it_is_blocked_and_no_rule_is_to_blame()
    {
        PacketTrace trace =
            new Scene { Rules = "", AllRoutes = """[{"dst":"172.30.1.0/24","dev":"br-a","flags":[]}]""" }.Trace(
                "1.1.1.1");

        Assert.Equal((TraceEnd.Blocked, null), (trace.End, trace.Responsible));
        Assert.True(trace.AgreesWith(RouteAnswer.OfError("RTNETLINK answers: Network is unreachable\n")!));
    }

    [Theory]
    [InlineData(0, "172.30.1.2", "10.0.0.20", null)]
    [InlineData(1, "172.30.1.2", "10.0.0.20", "rp_filter=1")]
    [InlineData(2, "172.30.1.2", "10.0.0.20", null)]
    [InlineData(2, "203.0.113.2", "10.0.0.20", "rp_filter=0")]
    public void The_reverse_path_check_is_one_of_the_rules(
        int filter, string source, string destination, string? setting)
    {
        // LAN access off: Tailscale routes Docker's own bridges into the tunnel (tailscale#13367), so that no answer
        // would come back.
        Scene scene = new()
        {
            AllRoutes = Scene.Routes.Replace(
                """{"type":"9",""",
                """{"dst":"172.30.1.0/24","dev":"tailscale0","table":"52","flags":[]},{"type":"9",""",
                StringComparison.Ordinal),
            Settings = new BridgeSettings { ReversePathFilter = filter },
        };

        PacketTrace trace = scene.Trace(destination, source: source);

        Assert.Equal(setting is null ? TraceEnd.Leaves : TraceEnd.Blocked, trace.End);
        if (setting is not null)
            Assert.EndsWith(setting, trace.Responsible!.CommandLine, StringComparison.Ordinal);
    }

    [Fact]
    public void A_host_that_does_not_forward_blocks_all_but_what_is_for_itself()
    {
        Scene scene = new() { Settings = new BridgeSettings { Forwards = false } };

        Assert.Equal("sysctl -w net.ipv4.ip_forward=0", scene.Trace("1.1.1.1").Responsible!.CommandLine);
        Assert.Equal(TraceEnd.Delivered, scene.Trace("172.30.1.1").End);
        Assert.Equal(TraceEnd.StaysOnBridge, scene.Trace("172.30.1.9").End);
    }
}
