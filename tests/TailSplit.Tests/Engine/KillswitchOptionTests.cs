using TailSplit.Core.Model;
using TailSplit.Output;
using TailSplit.Tests.Engine.Hosting;
using TailSplit.Tests.Fakes;
using TailSplit.Tests.Fakes.Docker;
using TailSplit.Tests.Fakes.Netfilter;
using Xunit;

namespace TailSplit.Tests.Engine;

public sealed class KillswitchOptionTests : IDisposable
{
    private readonly Session _session = new();

    public void Dispose() => _session.Dispose();

    [Fact]
    public void A_killswitch_closes_both_layers_of_both_families()
    {
        Answer answer = Run("New-TailSplitKillswitch torrents");

        foreach (IpFamily family in IpFamilies.All)
        {
            FakeChain chain = _session.Host.Firewall[family].Find("filter", "TSK-torrents")!;
            Assert.Equal("DROP", chain.Rules[^1].Target);
            Assert.Equal(
                "TAILSPLIT-KILLSWITCH", _session.Host.Firewall[family].Find("filter", "DOCKER-USER")!.Rules[0].Target);
            string subnet = family == IpFamily.IPv4 ? "172.19.0.0/16" : "fd00:19::/64";
            string add = $"ip -{(int)family} rule add";
            Assert.Contains($"{add} pref 95830 from {subnet} iif br-torrents prohibit protocol 84", answer.Lines);
            Assert.Contains($"{add} pref 95831 iif br-torrents blackhole protocol 84", answer.Lines);
        }
    }

    [Fact]
    public void A_network_without_ipv6_is_closed_for_ipv6_all_the_same()
    {
        Answer answer = Run("New-TailSplitKillswitch media");

        Assert.Contains(
            answer.Rules,
            rule => rule is { Family: IpFamily.IPv6, Chain: "TAILSPLIT-KILLSWITCH" }
                && Ends(rule.CommandLine, "-g TSK-media/in"));
        Assert.Contains(
            answer.Rules,
            rule => rule is { Family: IpFamily.IPv6, Chain: "TSK-media/in" } && Ends(rule.CommandLine, "-j DROP"));
        Assert.Contains(
            answer.Lines,
            line => line.StartsWith("ip -6 rule add ", StringComparison.Ordinal)
                && Ends(line, $" iif {UsualHost.Media.Bridge} blackhole protocol 84"));
    }

    [Fact]
    public void A_second_network_of_a_container_is_warned_of_until_a_whole_killswitch_closes_it()
    {
        _session.Host.Add(new FakeNetwork("front") { Subnet = ["172.28.0.0/16"], Containers = ["traefik"] });
        _session.Host.Add(new FakeNetwork("back") { Subnet = ["172.29.0.0/16"], Containers = ["traefik"] });
        const string Way = "A killswitch on 'front' closes that network";

        Assert.Contains(Run("New-TailSplitKillswitch back").Warnings, warning => warning.Contains(Way, StringComparison.Ordinal));
        Assert.Empty(Run("New-TailSplitKillswitch front").Warnings);
        Assert.Empty(Run("New-TailSplitKillswitch back").Warnings);

        // One that has lost a layer closes nothing for sure, and a bypass closes nothing at all.
        _session.Host.Routes.Delete(IpFamily.IPv4, rule => rule.Protocol == 84);
        Assert.Contains(Run("New-TailSplitKillswitch back").Warnings, warning => warning.Contains(Way, StringComparison.Ordinal));
        Run("New-TailSplitBypass front -Force");
        Assert.Contains(Run("New-TailSplitKillswitch back").Warnings, warning => warning.Contains(Way, StringComparison.Ordinal));
    }

    [Fact]
    public void Reject_answers_in_the_words_of_each_family()
    {
        Answer answer = Run("New-TailSplitKillswitch torrents -Action Reject");

        Assert.Contains(
            answer.Lines,
            line => line.StartsWith("iptables ", StringComparison.Ordinal) && Ends(line, "icmp-admin-prohibited"));
        Assert.Contains(
            answer.Lines,
            line => line.StartsWith("ip6tables ", StringComparison.Ordinal) && Ends(line, "icmp6-adm-prohibited"));
        // A foreign source gets no answer: it would leave by the ISP.
        Assert.All(
            answer.Lines.Where(line => line.Contains("-j REJECT", StringComparison.Ordinal)),
            line => Assert.Contains(" -s ", line, StringComparison.Ordinal));
        Assert.Contains(answer.Lines, line => Ends(line, "-j DROP"));
    }

    [Fact]
    public void Allowed_destinations_return_and_are_routed_by_main()
    {
        Answer answer = Run("New-TailSplitKillswitch torrents -AllowDestination 192.168.1.0/24, fd00:1::5");

        Assert.Contains(
            answer.Lines,
            line => line.StartsWith("iptables -t filter -A TSK-torrents -d 192.168.1.0/24", StringComparison.Ordinal));
        Assert.Contains(
            answer.Lines,
            line => line.StartsWith("ip6tables -t filter -A TSK-torrents -d fd00:1::5/128", StringComparison.Ordinal));
        Assert.Contains(
            "ip -4 rule add pref 95828 from 172.19.0.0/16 to 192.168.1.0/24 iif br-torrents lookup main protocol 84",
            answer.Lines);
    }

    [Fact]
    public void Published_ports_open_the_direction_of_replies_only()
    {
        Answer answer = Run("New-TailSplitKillswitch torrents -AllowPublishedPort");

        Assert.Contains(
            answer.Lines,
            line => line.Contains(
                "-A TSK-torrents -m conntrack --ctstate RELATED,ESTABLISHED --ctreplsrc 172.19.0.0/16 --ctdir REPLY",
                StringComparison.Ordinal));
        Assert.Contains(
            "ip -4 rule add pref 95827 from 172.19.0.0/16 to 192.168.1.0/24 iif br-torrents lookup main "
                + "suppress_prefixlength 23 protocol 84",
            answer.Lines);
        Assert.DoesNotContain(
            Run("New-TailSplitKillswitch media").Lines,
            line => line.Contains("-A TSK-media -m conntrack", StringComparison.Ordinal));
    }

    [Fact]
    public void Queries_go_to_the_name_server_by_the_tunnel_whichever_server_a_container_queries()
    {
        Answer answer = Run("New-TailSplitKillswitch torrents -DnsServer 9.9.9.9");

        Assert.Contains(answer.Lines, line =>
            line.StartsWith("iptables -t nat -A TAILSPLIT-DNS -i br-torrents -p udp -m udp --dport 53", StringComparison.Ordinal)
            && Ends(line, "-j DNAT --to-destination 9.9.9.9"));
        Assert.Contains(
            answer.Lines, line => line.StartsWith("iptables -t nat -I PREROUTING 1 ", StringComparison.Ordinal));
        // IPv6 has no server, and no names.
        Assert.DoesNotContain(answer.Lines, line =>
            line.StartsWith("ip6tables", StringComparison.Ordinal) && line.Contains("DNAT", StringComparison.Ordinal));
        Assert.Contains(
            "ip -6 rule add pref 95826 from fd00:19::/64 iif br-torrents ipproto tcp dport 53 prohibit protocol 84",
            answer.Lines);
        Assert.Equal(["9.9.9.9"], Run("(Get-TailSplitPolicy torrents).DnsServer").Of<string>());
        Assert.DoesNotContain(
            Run("New-TailSplitKillswitch torrents -DnsServer 9.9.9.9").Rules, rule => rule.State != RuleState.Unchanged);
        _session.Run("New-TailSplitKillswitch torrents -DnsServer 1.1.1.1").AssertError(
            "PolicyExists", System.Management.Automation.ErrorCategory.ResourceExists);
    }

    [Theory]
    [InlineData("9.9.9.9, 1.1.1.1", "InvalidDnsServer")]
    [InlineData("127.0.0.53", "InvalidDnsServer")]
    [InlineData("172.19.0.1", "InvalidDnsServer")]
    [InlineData("dns.quad9.net", "InvalidCidr")]
    public void An_invalid_name_server_is_an_error_and_nothing_is_written(string servers, string id)
    {
        string before = _session.Host.Rules;

        _session.Run($"New-TailSplitKillswitch torrents -DnsServer {servers}").AssertError(
            id, System.Management.Automation.ErrorCategory.InvalidArgument);

        Assert.Equal(before, _session.Host.Rules);
    }

    [Theory]
    [InlineData("nameserver 100.100.100.100\n", "", "The host's name server is MagicDNS")]
    [InlineData("nameserver 100.100.100.100\n", "-DnsServer 9.9.9.9", null)]
    [InlineData("nameserver 9.9.9.9\n", "", null)]
    [InlineData("", "-DnsServer 192.168.1.1", "where the tunnel does not lead")]
    [InlineData("", "-DnsServer 172.18.0.1", "where the tunnel does not lead")]
    [InlineData("", "-DnsServer 192.168.1.10", "where the tunnel does not lead")]
    public void It_warns_where_names_would_leave_in_clear_or_be_found_nowhere(
        string resolvConf, string option, string? warning)
    {
        _session.Host.Files["/etc/resolv.conf"] = resolvConf;

        Answer answer = Run($"New-TailSplitKillswitch torrents {option}");

        if (warning is null)
            Assert.Empty(answer.Warnings);
        else
            Assert.Contains(warning, Assert.Single(answer.Warnings), StringComparison.Ordinal);
    }

    [Fact]
    public void It_warns_of_containers_whose_names_the_host_asks_for()
    {
        FakeContainer seeder = new("seeder");
        _session.Host.Remove(UsualHost.Torrents);
        _session.Host.Add(UsualHost.Torrents with { Containers = [seeder.Name] });
        _session.Host.Files[seeder.ResolvConf] = "nameserver 127.0.0.11\n# ExtServers: [host(9.9.9.9)]\n";

        string warning = Assert.Single(Run("New-TailSplitKillswitch torrents").Warnings);

        Assert.Contains("'seeder'", warning, StringComparison.Ordinal);
        Assert.Contains("outside the killswitch", warning, StringComparison.Ordinal);
        Assert.Contains("--dns 9.9.9.9", warning, StringComparison.Ordinal);
    }

    [Fact]
    public void The_host_is_closed_only_when_asked()
    {
        Assert.DoesNotContain(
            Run("New-TailSplitKillswitch media").Rules, rule => rule.Chain is "INPUT" or "TAILSPLIT-HOST");

        Answer answer = Run("New-TailSplitKillswitch torrents -BlockHost");

        Assert.Contains(answer.Rules, rule => rule.Chain == "INPUT");
        Assert.Contains(answer.Lines, line => line.Contains(
            "-A TAILSPLIT-HOST -i br-torrents", StringComparison.Ordinal) && Ends(line, "-j DROP"));
        // Or a container could not find its gateway.
        Assert.Contains(
            answer.Lines,
            line => line.Contains("--icmpv6-type 135", StringComparison.Ordinal) && Ends(line, "-j RETURN"));
    }

    [Fact]
    public void What_enters_by_the_bridge_with_a_foreign_address_is_caught()
    {
        Run("New-TailSplitKillswitch torrents");

        AssertRules("TAILSPLIT-KILLSWITCH", ["-i br-torrents -m comment", "-s 172.19.0.0/16 -m comment"]);
        string[] starts =
        [
            // The host's own address on the bridge lies in the subnet.
            "-i br-torrents -m addrtype --src-type LOCAL",
            "-s 172.19.0.0/16 -i br-torrents -m comment",
            // What looks for an address, and what a container hands back to another, stays on the bridge.
            "-s 0.0.0.0/32 -i br-torrents -o br-torrents -m comment",
            "-i br-torrents -o br-torrents -m conntrack --ctstate RELATED,ESTABLISHED --ctdir REPLY",
            "-i br-torrents -m comment",
        ];
        FakeChain chain = AssertRules("TSK-torrents/in", starts);
        Assert.Equal(["DROP", "DROP"], [chain.Rules[0].Target, chain.Rules[4].Target]);

        FakeChain AssertRules(string name, string[] expected)
        {
            FakeChain found = _session.Host.Firewall[IpFamily.IPv4].Find("filter", name)!;
            Assert.Equal(expected.Length, found.Rules.Count);
            Assert.All(expected.Zip(found.Rules), pair =>
                Assert.StartsWith(pair.First, pair.Second.Specification, StringComparison.Ordinal));
            return found;
        }
    }

    [Fact]
    public void Without_a_docker_user_chain_forward_holds_the_jump_and_the_chain_is_made_for_docker_to_adopt()
    {
        _session.Host.Firewall[IpFamily.IPv6]
            .Find("filter", "FORWARD")!.Rules.RemoveAll(rule => rule.Target == "DOCKER-USER");
        FakeTable filter = _session.Host.Firewall[IpFamily.IPv6].Find("filter")!;
        filter.Remove(filter.Find("DOCKER-USER")!);
        string before = _session.Host.Rules;

        Run("New-TailSplitKillswitch torrents");

        filter = _session.Host.Firewall[IpFamily.IPv6].Find("filter")!;
        Assert.Equal("TAILSPLIT-KILLSWITCH", filter.Find("FORWARD")!.Rules[0].Target);
        Assert.Equal("TAILSPLIT-KILLSWITCH", Assert.Single(filter.Find("DOCKER-USER")!.Rules).Target);

        Run("Remove-TailSplitPolicy torrents");
        Assert.Equal(before, _session.Host.Rules);
    }

    private Answer Run(string script) => _session.Run(script).AssertNoErrors();

    private static bool Ends(string line, string end) => line.EndsWith(end, StringComparison.Ordinal);
}
