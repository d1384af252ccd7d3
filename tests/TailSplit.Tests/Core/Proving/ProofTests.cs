using System.Collections.Immutable;
using TailSplit.Core.Diagnosis;
using TailSplit.Core.Diagnosis.Checks;
using TailSplit.Core.Hosts;
using TailSplit.Core.Kernel;
using TailSplit.Core.Model;
using TailSplit.Core.Proving;
using TailSplit.Core.Tracing;
using TailSplit.Core.Tracing.Walk;
using TailSplit.Tests.Core.Diagnosis;
using TailSplit.Tests.Fakes;
using Xunit;

namespace TailSplit.Tests.Core.Proving;

public sealed class ProofTests
{
    [Theory]
    [InlineData("New-TailSplitKillswitch torrents")]
    [InlineData("New-TailSplitKillswitch torrents -AllowPublishedPort -AllowDestination 10.9.0.0/16, 203.0.113.0/24 -BlockHost -Action Reject")]
    [InlineData("New-TailSplitKillswitch torrents -DnsServer 9.9.9.9")]
    [InlineData("New-TailSplitBypass torrents")]
    [InlineData("New-TailSplitBypass torrents -Mechanism Route -Exclude 198.51.100.0/24")]
    public void A_policy_in_force_is_proved(string policy)
    {
        CheckResult result = Snapshots.Of(policy, _ => { }).Result("Contract", "torrents");

        Assert.True(result.Status == CheckStatus.Pass, result.Detail);
        Assert.Matches("Proved with [0-9]{2,} classes", result.Detail);
    }

    [Fact]
    public void A_way_that_the_policy_does_not_have_is_found_and_named()
    {
        Host host = Snapshots.Of("New-TailSplitKillswitch torrents", host =>
        {
            host.Firewall[IpFamily.IPv4].Load("*filter\n-I FORWARD 1 -d 203.0.113.0/24 -j ACCEPT\nCOMMIT\n");
            host.Routes.Add(IpFamily.IPv4, "pref 100 to 203.0.113.0/24 lookup main");
        });

        CheckResult result = new ContractResults(host).Of("torrents");

        Assert.Equal(CheckStatus.Fail, result.Status);
        Assert.Contains("to 203.0.113.0 ", result.Detail, StringComparison.Ordinal);
        Assert.Contains("Responsible: ip -4 rule add", result.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public void A_published_port_of_another_network_that_leads_into_the_tunnel_breaks_nothing()
    {
        Host host = Snapshots.Of("New-TailSplitKillswitch torrents", host =>
        {
            host.Tailscale.AllowLanAccess = false;
            host.Firewall[IpFamily.IPv4].Load(
                "*nat\n-A PREROUTING -p tcp -m addrtype --dst-type LOCAL -m tcp --dport 8081 -j DNAT --to-destination 172.18.0.2:80\nCOMMIT\n");
        });

        CheckResult result = new ContractResults(host).Of("torrents");

        Assert.True(result.Status == CheckStatus.Pass, result.Detail);
    }

    [Fact]
    public void A_rule_that_is_not_understood_proves_nothing_where_it_could_let_packets_pass()
    {
        Host host = Snapshots.Of("New-TailSplitKillswitch torrents", host => host.Firewall[IpFamily.IPv4].Load(
            "*filter\n-I DOCKER-USER 1 -m realm --realm 10 -j ACCEPT\nCOMMIT\n"));

        CheckResult result = new ContractResults(host).Of("torrents");

        Assert.Equal(CheckStatus.Warn, result.Status);
        Assert.Contains("--realm 10", result.Detail, StringComparison.Ordinal);
    }

    // A mark of Tailscale's leads past the tunnel. Each destination begins with an address that may be asked in vain.
    [Theory]
    [InlineData("")]
    [InlineData("-d 0.0.0.0/1 ")]
    [InlineData("-d 203.0.112.0/20 ")]
    [InlineData("-m comment --comment \"not -d 203.0.112.5 alone\" ")]
    public void A_port_that_a_rule_leads_past_the_tunnel_is_found_wherever_the_rule_matches(string where)
    {
        CheckResult result = Opened(host => host.Firewall[IpFamily.IPv4].Load(
            $"*mangle\n-A PREROUTING {where}-p tcp -m tcp --dport 22 -j MARK --set-xmark 0x80000/0xff0000\nCOMMIT\n"));

        Assert.NotEqual(CheckStatus.Pass, result.Status);
        Assert.Contains("(TCP port 22) leaves by eth0", result.Detail, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(">", 1024, 1025)]
    [InlineData("<", 100, 99)]
    public void A_port_that_a_native_rule_compares_is_asked_where_the_comparison_holds(string comparison, int port, int asked)
    {
        CheckResult result = Opened(host => host.Firewall.Native = $$$"""
            {"nftables": [
            {"table": {"family": "ip", "name": "shaper"}},
            {"chain": {"family": "ip", "table": "shaper", "name": "pre", "type": "filter", "hook": "prerouting", "prio": -150, "policy": "accept"}},
            {"rule": {"family": "ip", "table": "shaper", "chain": "pre", "expr": [
              {"match": {"op": "{{{comparison}}}", "left": {"payload": {"protocol": "tcp", "field": "dport"}}, "right": {{{port}}}}},
              {"mangle": {"key": {"meta": {"key": "mark"}}, "value": 524288}}]}}]}
            """);

        Assert.NotEqual(CheckStatus.Pass, result.Status);
        Assert.Contains($"(TCP port {asked}) leaves by eth0", result.Detail, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("-p tcp -m tcp --dport 1000:2000 ")]
    [InlineData("-p tcp -m tcp ! --dport 22 ")]
    public void A_port_of_the_destination_behind_a_translation_is_asked_before_it_too(string ports)
    {
        Host host = Snapshots.Of("New-TailSplitKillswitch torrents", host => host.Firewall[IpFamily.IPv4].Load(
            $"*nat\n-A PREROUTING {ports}-j DNAT --to-destination 203.0.113.5\nCOMMIT\n"
            + "*filter\n-I FORWARD 1 -d 203.0.113.5/32 -p tcp -m tcp --dport 1500 -j ACCEPT\nCOMMIT\n"));

        Assert.Contains(
            ProverOf(host).Questions(PolicyOf(host)),
            question => question.Row.Peer == Peer.Internet && question.Packet is { Protocol: PacketProtocol.Tcp, Port: 1500 }
                && question.Packet.Destination.ToString() != "203.0.113.5");
    }

    [Theory]
    [InlineData("-m conntrack --ctstate ESTABLISHED", "of an existing connection")]
    [InlineData("-m conntrack --ctstate RELATED,ESTABLISHED --ctdir REPLY", "an answer")]
    [InlineData("-p icmp -m conntrack --ctstate RELATED", "an error about a connection")]
    [InlineData("-p tcp -m tcp --sport 22", "TCP from port 22 to port 443")]
    [InlineData("-p udp -m udp --sport 5000:5010", "UDP from port 5000 to port")]
    [InlineData("-s 172.19.0.7/32 -p tcp -m tcp --dport 22", "from 172.19.0.7 to")]
    [InlineData("-p tcp -m tcp --sport 80 -m conntrack --ctstate ESTABLISHED --ctdir REPLY", "TCP from port 80, an answer")]
    public void Packets_that_only_a_rule_for_them_leads_past_the_tunnel_are_found(string match, string named)
    {
        CheckResult result = Opened(host => host.Firewall[IpFamily.IPv4].Load(
            $"*mangle\n-A PREROUTING {match} -j MARK --set-xmark 0x80000/0xff0000\nCOMMIT\n"));

        Assert.NotEqual(CheckStatus.Pass, result.Status);
        Assert.Contains(named, result.Detail, StringComparison.Ordinal);
        Assert.Contains("leaves by eth0", result.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public void A_connection_that_brings_its_mark_back_is_found()
    {
        CheckResult result = Opened(host => host.Firewall[IpFamily.IPv4].Load(
            """
            *mangle
            -A PREROUTING -i wan0 -j CONNMARK --set-xmark 0x80000/0xff0000
            -A PREROUTING -m conntrack --ctstate ESTABLISHED -j CONNMARK --restore-mark --nfmask 0xff0000 --ctmask 0xff0000
            COMMIT

            """));

        Assert.NotEqual(CheckStatus.Pass, result.Status);
        Assert.Contains("of a connection with mark 0x80000", result.Detail, StringComparison.Ordinal);
    }

    // Without ip rules, nothing knows whether an answer of a published port goes to the LAN.
    [Fact]
    public void An_answer_of_a_published_port_that_has_the_mark_of_another_connection_keeps_the_proof()
    {
        Host host = Snapshots.Of(
            "New-TailSplitBypass media; New-TailSplitKillswitch torrents -AllowPublishedPort", _ => { });

        CheckResult result = new ContractResults(host).Of("torrents");

        Assert.True(result.Status == CheckStatus.Pass, result.Detail);
    }

    [Theory]
    [InlineData("-s 10.77.0.0/16 ", "from 10.77.0.2 to")]
    [InlineData("! -s 172.19.0.0/16 ", "from 198.18.77.77 to")]
    public void A_forged_source_that_a_rule_lets_out_is_found(string source, string named)
    {
        CheckResult result = Opened(host => host.Firewall[IpFamily.IPv4].Load(
            $"*mangle\n-A PREROUTING {source}-j MARK --set-xmark 0x80000/0xff0000\nCOMMIT\n"));

        Assert.NotEqual(CheckStatus.Pass, result.Status);
        Assert.Contains(named, result.Detail, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("-p tcp -m tcp --dport 443 -j DROP")]
    [InlineData("-p udp -m udp --dport 40404 -j DROP")]
    [InlineData("-d 1.0.0.0/32 -j DROP")]
    [InlineData("-s 172.19.0.2/32 -j DROP")]
    [InlineData("-d 0.0.0.0/1 -j DROP")]
    public void What_a_rule_stops_does_not_hide_what_it_lets_pass(string stop)
    {
        CheckResult result = Opened(host => host.Firewall[IpFamily.IPv4].Load(
            $"*raw\n-A PREROUTING {stop}\nCOMMIT\n*mangle\n-A PREROUTING -i br-torrents -p tcp -j MARK --set-xmark 0x80000/0xff0000\nCOMMIT\n"));

        Assert.NotEqual(CheckStatus.Pass, result.Status);
        Assert.Contains("leaves by eth0", result.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public void A_list_of_sources_that_a_set_drops_costs_no_classes()
    {
        int ClassesWith(string elements)
        {
            Host host = Snapshots.Of("New-TailSplitKillswitch torrents", host => host.Firewall.Native = $$$"""
                {"nftables": [
                {"table": {"family": "ip", "name": "crowdsec"}},
                {"set": {"family": "ip", "table": "crowdsec", "name": "blocked", "type": "ipv4_addr", "elem": [{{{elements}}}]}},
                {"chain": {"family": "ip", "table": "crowdsec", "name": "fwd", "type": "filter", "hook": "forward", "prio": -10, "policy": "accept"}},
                {"rule": {"family": "ip", "table": "crowdsec", "chain": "fwd", "expr": [
                  {"match": {"op": "==", "left": {"payload": {"protocol": "ip", "field": "saddr"}}, "right": "@blocked"}}, {"drop": null}]}}]}
                """);
            return ProverOf(host).Prove(PolicyOf(host)).Classes;
        }

        int one = ClassesWith("\"192.0.2.1\"");
        int many = ClassesWith(string.Join(", ", Enumerable.Range(0, 500).Select(i => $"\"192.0.{i / 200}.{i % 200}\"")));

        Assert.Equal(one, many);
    }

    [Fact]
    public void Rules_that_differ_in_their_service_alone_are_one_class()
    {
        int ClassesWith(int services)
        {
            Host host = Snapshots.Of("New-TailSplitKillswitch torrents", host => host.Firewall[IpFamily.IPv4].Load(
                $"*filter\n{string.Concat(Enumerable.Range(1, services).Select(i => $"-A FORWARD -d 10.96.0.{i}/32 -p tcp -m tcp --dport {8000 + i} -j ACCEPT\n"))}COMMIT\n"));
            return ProverOf(host).Prove(PolicyOf(host)).Classes;
        }

        Assert.True(ClassesWith(1) > ClassesWith(0));
        Assert.Equal(ClassesWith(1), ClassesWith(200));
    }

    [Fact]
    public void A_port_of_a_set_of_destinations_is_asked_in_the_set()
    {
        CheckResult result = Opened(host => host.Firewall.Native = """
            {"nftables": [
            {"table": {"family": "ip", "name": "shaper"}},
            {"set": {"family": "ip", "table": "shaper", "name": "far", "type": "ipv4_addr", "elem": ["198.51.100.7", "198.51.100.9"]}},
            {"chain": {"family": "ip", "table": "shaper", "name": "pre", "type": "filter", "hook": "prerouting", "prio": -150, "policy": "accept"}},
            {"rule": {"family": "ip", "table": "shaper", "chain": "pre", "expr": [
              {"match": {"op": "==", "left": {"payload": {"protocol": "ip", "field": "daddr"}}, "right": "@far"}},
              {"match": {"op": "==", "left": {"payload": {"protocol": "tcp", "field": "dport"}}, "right": 2222}},
              {"mangle": {"key": {"meta": {"key": "mark"}}, "value": 524288}}]}}]}
            """);

        Assert.NotEqual(CheckStatus.Pass, result.Status);
        Assert.Contains("to 198.51.100.7 (TCP port 2222) leaves by eth0", result.Detail, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("-p gre", 47)]
    [InlineData("-p esp -d 203.0.113.0/24", 50)]
    [InlineData("-p 89", 89)]
    [InlineData("! -p udp", 253)]
    public void A_protocol_that_a_rule_leads_past_the_tunnel_is_found(string match, int protocol)
    {
        // For TCP, UDP and ICMP the rule does not match, or its own packet comes first.
        CheckResult result = Opened(host => host.Firewall[IpFamily.IPv4].Load(
            $"*mangle\n-A PREROUTING -p tcp -j ACCEPT\n-A PREROUTING -p icmp -j ACCEPT\n" +
            $"-A PREROUTING {match} -j MARK --set-xmark 0x80000/0xff0000\nCOMMIT\n"));

        Assert.NotEqual(CheckStatus.Pass, result.Status);
        Assert.Contains($"(protocol {protocol}) leaves by eth0", result.Detail, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("meta", "l4proto", "gre", 47)]
    [InlineData("ip", "protocol", "esp", 50)]
    public void A_protocol_that_a_native_rule_leads_past_the_tunnel_is_found(string key, string field, string name, int protocol)
    {
        string left = key == "meta"
            ? $$$"""{"meta": {"key": "{{{field}}}"}}"""
            : $$$"""{"payload": {"protocol": "{{{key}}}", "field": "{{{field}}}"}}""";
        CheckResult result = Opened(host => host.Firewall.Native = $$$"""
            {"nftables": [
            {"table": {"family": "ip", "name": "shaper"}},
            {"chain": {"family": "ip", "table": "shaper", "name": "pre", "type": "filter", "hook": "prerouting", "prio": -150, "policy": "accept"}},
            {"rule": {"family": "ip", "table": "shaper", "chain": "pre", "expr": [
              {"match": {"op": "==", "left": {{{left}}}, "right": "{{{name}}}"}},
              {"mangle": {"key": {"meta": {"key": "mark"}}, "value": 524288}}]}}]}
            """);

        Assert.NotEqual(CheckStatus.Pass, result.Status);
        Assert.Contains($"(protocol {protocol}) leaves by eth0", result.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public void A_protocol_that_an_ip_rule_leads_past_the_tunnel_is_found()
    {
        CheckResult result = new ContractResults(Snapshots.Of("New-TailSplitKillswitch torrents", host =>
        {
            host.Firewall[IpFamily.IPv4].Load("*filter\n-I FORWARD 1 -p gre -j ACCEPT\nCOMMIT\n");
            host.Routes.Add(IpFamily.IPv4, "pref 100 ipproto 47 lookup main");
        })).Of("torrents");

        Assert.Equal(CheckStatus.Fail, result.Status);
        Assert.Contains("(protocol 47) leaves by eth0", result.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public void A_port_of_sctp_that_a_rule_leads_past_the_tunnel_is_found()
    {
        CheckResult result = Opened(host => host.Firewall[IpFamily.IPv4].Load(
            "*mangle\n-A PREROUTING -p sctp -m sctp --dport 9000 -j MARK --set-xmark 0x80000/0xff0000\nCOMMIT\n"));

        Assert.NotEqual(CheckStatus.Pass, result.Status);
        Assert.Contains("(protocol 132 port 9000) leaves by eth0", result.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public void A_published_port_of_sctp_keeps_the_proof()
    {
        Host host = Snapshots.Of("New-TailSplitKillswitch torrents", host => host.Firewall[IpFamily.IPv4].Load(
            "*nat\n-A DOCKER -p sctp -m sctp --dport 9000 -j DNAT --to-destination 172.18.0.2:9000\nCOMMIT\n"));

        CheckResult result = new ContractResults(host).Of("torrents");

        Assert.True(result.Status == CheckStatus.Pass, result.Detail);
    }

    // A name that is not in the list could be that of any protocol.
    [Fact]
    public void A_protocol_of_an_unknown_name_is_not_proved()
    {
        CheckResult result = Opened(host => host.Firewall[IpFamily.IPv4].Load(
            "*mangle\n-A PREROUTING -p made-up -j MARK --set-xmark 0x80000/0xff0000\nCOMMIT\n"));

        Assert.Equal(CheckStatus.Warn, result.Status);
        Assert.Contains("made-up", result.Detail, StringComparison.Ordinal);
    }

    // A rule that can only stop packets opens no way, whatever it matches, and at whatever point.
    [Fact]
    public void A_rule_that_is_not_understood_and_only_stops_packets_keeps_the_proof()
    {
        Host host = Snapshots.Of("New-TailSplitKillswitch torrents", host => host.Firewall[IpFamily.IPv4].Load(
            "*raw\n-A PREROUTING -m realm --realm 10 -j DROP\nCOMMIT\n"));

        CheckResult result = new ContractResults(host).Of("torrents");

        Assert.True(result.Status == CheckStatus.Pass, result.Detail);
    }

    [Fact]
    public void One_of_two_next_hops_in_clear_is_not_proved()
    {
        Host host = Snapshots.Of("New-TailSplitKillswitch torrents", host =>
        {
            host.Firewall[IpFamily.IPv4].Load("*filter\n-I FORWARD 1 -j ACCEPT\nCOMMIT\n");
            host.Routes.Add(IpFamily.IPv4, "pref 100 to 203.0.113.0/24 lookup 99");
        });
        host = host with
        {
            Routing = host.Routing with
            {
                Tables = host.Routing.Tables!.ToImmutableDictionary(
                    family => family.Key,
                    family => family.Key != IpFamily.IPv4 ? family.Value : family.Value.Add(
                        new LiveRoute(99, RouteKind.Unicast, Cidr.Parse("203.0.113.0/24"))
                        {
                            NextHops = [new NextHop("tailscale0", null), new NextHop("eth0", null)],
                        })),
            },
        };

        Assert.NotEqual(CheckStatus.Pass, new ContractResults(host).Of("torrents").Status);
    }

    /// <summary>A killswitch whose firewall rules other rules come before, for packets with Tailscale's mark.</summary>
    private static CheckResult Opened(Action<FakeHost> change) => new ContractResults(
        Snapshots.Of("New-TailSplitKillswitch torrents -AllowDestination 203.0.112.0/24", host =>
        {
            host.Firewall[IpFamily.IPv4].Load("*filter\n-I FORWARD 1 -m mark --mark 0x80000/0xff0000 -j ACCEPT\nCOMMIT\n");
            change(host);
        })).Of("torrents");

    private static Prover ProverOf(Host host) => new(new TraceInput(host).For, host.Environment);

    private static Policy PolicyOf(Host host) =>
        host.Policies.Single(live => live.Policy.Name.ToString() == "torrents").Policy;

    /// <summary>What the check itself says, before causes of other checks are named instead.</summary>
    private sealed class ContractResults(Host host)
    {
        private readonly ImmutableArray<CheckResult> _results =
            [.. Doctor.Checks.Single(check => check.Name == "Contract").Run(host)];

        public CheckResult Of(string policy) => _results.Single(result => result.Policy?.ToString() == policy);
    }
}
