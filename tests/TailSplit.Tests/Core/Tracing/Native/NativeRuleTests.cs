using TailSplit.Core.Model;
using TailSplit.Core.Tracing;
using Xunit;

namespace TailSplit.Tests.Core.Tracing.Native;

/// <summary>
/// Rules of nft as a packet meets them: the first segment of a TCP connection from 172.30.1.2 on br-a to 1.1.1.1, port
/// 443, which leaves by tailscale0.
/// </summary>
public sealed class NativeRuleTests
{
    [Theory]
    [InlineData("iifname \"br-a\" drop", true)]
    [InlineData("iifname != \"br-a\" drop", false)]
    [InlineData("iifname \"br-*\" oifname \"tailscale0\" drop", true)]
    [InlineData("iifname \"tailscale0*\" drop", false)]
    [InlineData("iifname { \"br-a\", \"br-b*\" } drop", true)]
    [InlineData("iifname @names drop", true)]
    [InlineData("iifname vmap @in", true)]
    [InlineData("iifname vmap { \"a\" : accept, * : drop }", true)]
    [InlineData("iif \"lo\" drop", false)]
    [InlineData("oif != \"lo\" drop", true)]
    [InlineData("ip saddr vmap @from", true)]
    [InlineData("ip saddr vmap @im", false)]
    [InlineData("ip saddr @s4 drop", false)]
    [InlineData("ip saddr != @s4 drop", true)]
    [InlineData("ip daddr 1.0.0.0/8 drop", true)]
    [InlineData("ip saddr 10.0.0.1-10.0.0.9 drop", false)]
    [InlineData("ip6 saddr fd00::/8 drop", false)]
    [InlineData("ip6 daddr != ::1 drop", false)]
    [InlineData("ip daddr . tcp dport { 9.9.9.9 . 53, 1.1.1.1 . 443 } drop", true)]
    [InlineData("ip saddr . tcp dport @cc drop", false)]
    [InlineData("meta l4proto tcp drop", true)]
    [InlineData("meta l4proto icmp drop", false)]
    [InlineData("meta l4proto { tcp, udp } th dport 53 drop", false)]
    [InlineData("meta nfproto ipv4 drop", true)]
    [InlineData("meta protocol ip drop", true)]
    [InlineData("ip protocol tcp drop", true)]
    [InlineData("ip protocol { icmp, udp } drop", false)]
    [InlineData("ip6 nexthdr udp drop", false)]
    [InlineData("icmp type echo-request drop", false)]
    [InlineData("icmp code net-unreachable drop", false)]
    [InlineData("icmpv6 type { echo-request, nd-router-advert } drop", false)]
    [InlineData("udp dport 53 drop", false)]
    [InlineData("tcp dport { 22, 80-90, 443 } drop", true)]
    [InlineData("tcp dport != 1-1024 drop", false)]
    [InlineData("tcp dport >= 443 drop", true)]
    [InlineData("tcp dport < 443 drop", false)]
    [InlineData("tcp dport vmap { 80 : accept, 443 : drop }", true)]
    [InlineData("tcp dport vmap { 1-1000 : goto dropping }", true)]
    [InlineData("tcp sport 1024-65535 drop", true)]
    [InlineData("tcp sport 1-1023 drop", false)]
    [InlineData("tcp flags syn drop", true)]
    [InlineData("tcp flags ! syn drop", false)]
    [InlineData("tcp flags syn / syn,rst drop", true)]
    [InlineData("tcp flags syn / fin,syn,rst,ack drop", true)]
    [InlineData("ct state new drop", true)]
    [InlineData("ct state != new drop", false)]
    [InlineData("ct state { established, related } drop", false)]
    [InlineData("ct state != established | related drop", true)]
    [InlineData("ct state vmap { invalid : drop, established : accept, related : accept }", false)]
    [InlineData("ct state untracked drop", false)]
    [InlineData("ct state invalid drop", false)]
    [InlineData("ct direction original drop", true)]
    [InlineData("ct status dnat drop", false)]
    [InlineData("ct mark 0x00000000 drop", true)]
    [InlineData("ct original ip daddr 1.1.1.1 drop", true)]
    [InlineData("ct reply ip saddr 1.1.1.1 drop", true)]
    [InlineData("meta l4proto tcp ct original proto-dst 80 drop", false)]
    [InlineData("ct state established,related ct direction reply ct reply ip saddr 172.18.0.0/16 drop", false)]
    [InlineData("meta mark & 0x000000ff == 0x00000001 drop", false)]
    [InlineData("meta mark 0x00000010-0x00000020 drop", false)]
    [InlineData("meta mark vmap @m", false)]
    [InlineData("meta l4proto tcp meta mark & 0x000000ff == 0x00000000 drop", true)]
    [InlineData("meta mark set meta mark | 0x00080000 meta mark & 0x00080000 == 0x00080000 drop", true)]
    [InlineData("meta mark set 0x00000001 ip daddr 9.9.9.9 drop", false)]
    [InlineData("ct mark set meta mark & 0x00ff0000", false)]
    [InlineData("fib saddr type local drop", false)]
    [InlineData("fib daddr type { local, broadcast, multicast } drop", false)]
    [InlineData("fib daddr . iif type != { local, broadcast } drop", true)]
    [InlineData("fib saddr oif exists drop", true)]
    [InlineData("fib daddr oifname \"tailscale0\" drop", true)]
    [InlineData("fib daddr oifname \"eth0\" drop", false)]
    [InlineData("fib daddr . iif oif exists drop", false)]
    [InlineData("exthdr frag exists drop", false)]
    [InlineData("ip frag-off & 8191 != 0 drop", false)]
    [InlineData("meta skuid 0 drop", false)]
    [InlineData("iifname \"br-a\" counter jump dropping", true)]
    [InlineData("iifname \"br-a\" counter jump other", false)]
    [InlineData("reject with icmp admin-prohibited", true)]
    [InlineData("meta l4proto tcp reject with tcp reset", true)]
    [InlineData("tcp flags syn tcp option maxseg size set rt mtu", false)]
    [InlineData("log prefix \"foo bar \" level info", false)]
    [InlineData("add @dyn { ip saddr . tcp dport }", false)]
    [InlineData("ip daddr 1.1.1.1 tcp dport 80 continue", false)]
    [InlineData("meta nftrace set 1", false)]
    public void An_expression_that_is_understood_decides(string rule, bool isBlocked)
    {
        PacketTrace trace = new Scene { Nft = NativeCaptures.Alone(rule) }.Trace("1.1.1.1");

        Assert.Empty(trace.Unsure);
        Assert.Equal(isBlocked ? Egress.Blocked : Egress.Tunnel, trace.Egress);
        if (isBlocked)
            Assert.Equal("inet x", trace.Responsible!.Table);
    }

    // As nft 1.0.6 lists "meta nfproto ipv6 reject" of a table for both families.
    [Fact]
    public void A_rule_that_rejects_by_icmpv6_lets_ipv4_pass()
    {
        const string nft = """
            {"nftables": [
              {"table": {"family": "inet", "name": "x", "handle": 1}},
              {"chain": {"family": "inet", "table": "x", "name": "c", "handle": 1, "type": "filter", "hook": "forward", "prio": 0, "policy": "accept"}},
              {"rule": {"family": "inet", "table": "x", "chain": "c", "handle": 3, "expr": [{"reject": {"type": "icmpv6", "expr": "port-unreachable"}}]}}
            ]}
            """;

        PacketTrace trace = new Scene { Nft = nft }.Trace("1.1.1.1");

        Assert.Empty(trace.Unsure);
        Assert.Equal(Egress.Tunnel, trace.Egress);
    }

    [Theory]
    [InlineData("tcp sport 1000-40000 drop")]
    [InlineData("limit rate 5/second drop")]
    [InlineData("limit name \"lim\" drop")]
    [InlineData("quota over 5 mbytes drop")]
    [InlineData("ct count over 5 drop")]
    [InlineData("update @dyn { ip saddr . tcp dport limit rate 1/second } drop")]
    [InlineData("numgen inc mod 2 0 drop")]
    [InlineData("meta length > 100 drop")]
    [InlineData("meta hour \"00:00:10\"-\"00:00:12\" drop")]
    [InlineData("iifgroup 5 drop")]
    [InlineData("meta pkttype broadcast drop")]
    [InlineData("ip ttl 64 drop")]
    [InlineData("ether saddr 00:11:22:33:44:55 drop")]
    [InlineData("@nh,96,32 0xa000001 drop")]
    [InlineData("ct helper \"ftp\" drop")]
    [InlineData("tcp option maxseg exists drop")]
    [InlineData("rt mtu > 1000 drop")]
    [InlineData("meta mark set numgen inc mod 2")]
    public void What_can_not_be_evaluated_is_named_with_its_table_and_chain(string rule)
    {
        PacketTrace trace = new Scene { Nft = NativeCaptures.Alone(rule) }.Trace("1.1.1.1");

        Assert.Equal(Egress.Tunnel, trace.Egress);
        Assert.StartsWith(
            "a rule that TailSplit can't evaluate: nft 'add rule inet x c ", Assert.Single(trace.Unsure), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("icmp type echo-request drop", PacketProtocol.Icmp, true)]
    [InlineData("icmp code net-unreachable drop", PacketProtocol.Icmp, true)]
    [InlineData("tcp dport >= 443 drop", PacketProtocol.Udp, false)]
    [InlineData("udp dport 53 drop", PacketProtocol.Udp, true)]
    [InlineData("meta l4proto { tcp, udp } th dport 53 drop", PacketProtocol.Udp, true)]
    [InlineData("tcp flags ! syn drop", PacketProtocol.Udp, false)]
    public void A_header_that_a_packet_does_not_have_matches_nothing(string rule, PacketProtocol protocol, bool isBlocked) => Assert.Equal(
        isBlocked ? Egress.Blocked : Egress.Tunnel,
        new Scene { Nft = NativeCaptures.Alone(rule) }.Trace("1.1.1.1", protocol, port: 53).Egress);

    [Theory]
    [InlineData("dnat ip to 10.0.0.5", "lan0", false)]
    [InlineData("tcp dport 80 dnat ip to 10.0.0.5:8080", "tailscale0", false)]
    [InlineData("tcp dport 81 dnat ip6 to [fd00::1]:80", "tailscale0", false)]
    [InlineData("dnat ip to 10.0.0.5-10.0.0.9", "tailscale0", true)]
    [InlineData("dnat ip to tcp dport map @pm", "tailscale0", false)]
    public void A_translated_destination_is_what_is_routed(string rule, string device, bool isUnsure)
    {
        PacketTrace trace = new Scene { Nft = NativeCaptures.Alone(rule) }.Trace("1.1.1.1");

        Assert.Equal((device, isUnsure), (trace.Interface, trace.Unsure.Length > 0));
    }

    [Fact]
    public void A_mark_that_is_set_before_a_match_that_fails_stays()
    {
        Scene scene = new()
        {
            Nft = NativeCaptures.Alone("meta mark set 0x00000001 ip daddr 9.9.9.9 drop")
                .Replace("\"forward\"", "\"prerouting\"", StringComparison.Ordinal),
        };

        Assert.Equal(1u, scene.Trace("1.1.1.1").Mark);
    }
}
