using TailSplit.Core.Kernel;
using TailSplit.Core.Model;
using TailSplit.Core.Tracing;
using Xunit;

namespace TailSplit.Tests.Core.Tracing;

/// <summary>iptables as a packet meets it, other people's rules among it.</summary>
public sealed class FirewallTraceTests
{
    [Theory]
    [InlineData("-j DROP", true)]
    [InlineData("-s 172.30.1.0/24 -d 1.0.0.0/8 -i br-a -o tailscale0 -p tcp -m tcp --dport 443 -j DROP", true)]
    [InlineData("-i br-+ -j DROP", true)]
    [InlineData("! -i br-a -j DROP", false)]
    [InlineData("! -o eth0 -j DROP", true)]
    [InlineData("-p udp -j DROP", false)]
    [InlineData("! -p udp -j DROP", true)]
    [InlineData("-p tcp -m multiport --dports 80,400:500 -j DROP", true)]
    [InlineData("-p tcp -m multiport ! --dports 80,400:500 -j DROP", false)]
    [InlineData("-p tcp -m tcp --sport 1024:65535 --tcp-flags FIN,SYN,RST,ACK SYN -j DROP", true)]
    [InlineData("-p tcp -m tcp --sport 53 -j DROP", false)]
    [InlineData("-p tcp -m tcp --tcp-flags SYN,ACK ACK -j DROP", false)]
    [InlineData("-m conntrack --ctstate RELATED,ESTABLISHED -j DROP", false)]
    [InlineData("-m conntrack ! --ctstate RELATED,ESTABLISHED -j DROP", true)]
    [InlineData("-m state --state NEW -j DROP", true)]
    [InlineData("-m conntrack --ctstate NEW --ctdir REPLY -j DROP", false)]
    [InlineData("-m mark --mark 0x80000/0xff0000 -j DROP", false)]
    [InlineData("-m mark ! --mark 0x80000/0xff0000 -j DROP", true)]
    [InlineData("-m connmark --mark 0x0/0xff -j DROP", true)]
    [InlineData("-m addrtype --dst-type LOCAL -j DROP", false)]
    [InlineData("-m addrtype ! --dst-type LOCAL -j DROP", true)]
    [InlineData("-m comment --comment \"-j ACCEPT; it's quoted\" -j DROP", true)]
    [InlineData("-m set --match-set bad dst -p udp -j DROP", false)]
    [InlineData("-j REJECT --reject-with icmp-port-unreachable", true)]
    [InlineData("-j LOG --log-prefix \"-j DROP \"", false)]
    public void A_match_that_is_understood_decides(string rule, bool blocked)
    {
        PacketTrace trace = new Scene { Firewall = Filter($"-A FORWARD {rule}") }.Trace("1.1.1.1");

        Assert.Empty(trace.Unsure);
        Assert.Equal(blocked ? Egress.Blocked : Egress.Tunnel, trace.Egress);
        if (blocked)
            Assert.Equal($"iptables -t filter -A FORWARD {rule}", trace.Responsible!.CommandLine);
    }

    // A packet without a connection has no mark of one, and none of its values.
    [Theory]
    [InlineData("-m connmark --mark 0x0", false)]
    [InlineData("-m connmark ! --mark 0x1", false)]
    [InlineData("-m conntrack ! --ctdir REPLY", false)]
    [InlineData("-m conntrack --ctstate UNTRACKED", true)]
    [InlineData("-m mark --mark 0x0", true)]
    public void A_match_of_a_connection_fails_for_a_packet_without_one(string match, bool blocked)
    {
        PacketTrace trace = new Scene
        {
            Firewall = "*raw\n:PREROUTING ACCEPT [0:0]\n-A PREROUTING -j CT --notrack\nCOMMIT\n"
                + "*mangle\n:PREROUTING ACCEPT [0:0]\n-A PREROUTING -j CONNMARK --set-xmark 0x1/0xffffffff\n"
                + $"-A PREROUTING {match} -j DROP\nCOMMIT\n",
        }.Trace("1.1.1.1");

        Assert.Empty(trace.Unsure);
        Assert.Equal(blocked ? Egress.Blocked : Egress.Tunnel, trace.Egress);
    }

    [Theory]
    [InlineData("-m set --match-set bad dst -j DROP", true)]
    [InlineData("-m geoip --destination-country XX -j ACCEPT", true)]
    [InlineData("-m recent --set --name seen -j RETURN", true)]
    [InlineData("-m hashlimit --hashlimit-upto 5/sec --hashlimit-name x -j DROP", true)]
    [InlineData("-m string --string foo -j USER", true)]
    [InlineData("-j NFQUEUE --queue-num 0", true)]
    [InlineData("-m limit --limit 3/min -j LOG", false)]
    [InlineData("-m set --match-set bad dst -j EMPTY", false)]
    public void What_is_not_understood_is_said_where_it_could_decide(string rule, bool doubt)
    {
        PacketTrace trace = new Scene { Firewall = Filter($"-A FORWARD {rule}\n-A USER -j DROP") }.Trace("1.1.1.1");

        Assert.Equal(Egress.Tunnel, trace.Egress);
        Assert.Equal(
            doubt ? [$"a rule that TailSplit can't evaluate: iptables -t filter -A FORWARD {rule}"] : [], trace.Unsure);
    }

    [Theory]
    [InlineData("-A FORWARD -j USER\n-A USER -j RETURN\n-A FORWARD -j DROP", true)]
    [InlineData("-A FORWARD -g USER\n-A USER -j RETURN\n-A FORWARD -j DROP", false)]
    [InlineData("-A FORWARD -j EMPTY\n-A EMPTY -g USER\n-A EMPTY -j ACCEPT\n-A FORWARD -j DROP", true)]
    [InlineData("-A FORWARD -j USER\n-A USER -j ACCEPT\n-A FORWARD -j DROP", false)]
    [InlineData("-A FORWARD -j RETURN\n-A FORWARD -j DROP", false)]
    public void Chains_are_left_as_iptables_leaves_them(string rules, bool blocked) => Assert.Equal(
        blocked ? Egress.Blocked : Egress.Tunnel, new Scene { Firewall = Filter(rules) }.Trace("1.1.1.1").Egress);

    [Fact]
    public void The_policy_of_a_chain_is_responsible_where_no_rule_was()
    {
        string firewall = Filter("-A FORWARD -i br-b -j ACCEPT")
            .Replace(":FORWARD ACCEPT", ":FORWARD DROP", StringComparison.Ordinal);

        Assert.Equal(
            "iptables -t filter -P FORWARD DROP",
            new Scene { Firewall = firewall }.Trace("1.1.1.1").Responsible!.CommandLine);
    }

    [Fact]
    public void A_mark_of_somebody_elses_is_responsible_where_it_turns_the_packet()
    {
        Scene scene = new()
        {
            Rules =
                """{"priority":5210,"src":"all","fwmark":"0x80000","fwmask":"0xff0000","table":"254"},{"priority":5270,"src":"all","table":"52"}""",
            Firewall = "*mangle\n:PREROUTING ACCEPT [0:0]\n"
                + "[0:0] -A PREROUTING -i br-a -j MARK --set-xmark 0x80000/0xff0000\nCOMMIT\n",
        };

        PacketTrace trace = scene.Trace("1.1.1.1");

        Assert.Equal((Egress.Direct, 0x80000u), (trace.Egress, trace.Mark));
        Assert.Equal(
            "iptables -t mangle -A PREROUTING -i br-a -j MARK --set-xmark 0x80000/0xff0000",
            trace.Responsible!.CommandLine);
        Assert.False(trace.AgreesWith(RouteAnswer.Parse("""[{"type":"local","dev":"lo","table":"local"}]""")!));
    }

    [Theory]
    [InlineData("-p tcp -m tcp --dport 443 -j DNAT --to-destination 10.0.0.20:80", "lan0", false)]
    [InlineData("-p tcp -j DNAT --to-destination 172.30.2.7-172.30.2.9", "tailscale0", true)]
    [InlineData("-p tcp -j REDIRECT --to-ports 3128", "br-a", false)]
    public void A_translated_destination_is_what_is_routed(string rule, string device, bool doubt)
    {
        PacketTrace trace =
            new Scene { Firewall = $"*nat\n:PREROUTING ACCEPT [0:0]\n-A PREROUTING {rule}\nCOMMIT\n" }.Trace("1.1.1.1");

        Assert.Equal((device, doubt), (trace.Interface, trace.Unsure.Length > 0));
        Assert.Equal(
            rule.Contains("REDIRECT", StringComparison.Ordinal) ? TraceEnd.Delivered : TraceEnd.Leaves, trace.End);
    }

    [Theory]
    [InlineData(false, TraceEnd.StaysOnBridge)]
    [InlineData(true, TraceEnd.Blocked)]
    public void Neighbours_meet_the_firewall_only_where_the_bridge_shows_it_to_it(bool shown, TraceEnd end)
    {
        Scene scene = new()
        {
            Firewall = Filter("-A FORWARD -i br-a -o br-a -j DROP"),
            Settings = new BridgeSettings { BridgedCrossFirewall = shown },
        };

        Assert.Equal(end, scene.Trace("172.30.1.3").End);
        Assert.Equal(TraceEnd.Leaves, scene.Trace("1.1.1.1").End);
    }

    private static string Filter(string rules) =>
        $":x\n*filter\n:INPUT ACCEPT [0:0]\n:FORWARD ACCEPT [0:0]\n:USER - [0:0]\n:EMPTY - [0:0]\n{rules}\nCOMMIT\n";
}
