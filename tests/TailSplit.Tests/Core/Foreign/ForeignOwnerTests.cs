using TailSplit.Core.Foreign;
using TailSplit.Core.Iptables;
using TailSplit.Core.Kernel;
using TailSplit.Core.Model;
using TailSplit.Core.Rules;
using TailSplit.Tests.Core.Text;
using Xunit;

namespace TailSplit.Tests.Core.Foreign;

/// <summary>Rules of others are told apart by whose they are.</summary>
public sealed class ForeignOwnerTests
{
    [Theory]
    [InlineData("ts-forward", "-i tailscale0 -j MARK --set-xmark 0x40000/0xff0000", "Tailscale")]
    [InlineData("FORWARD", "-j ts-forward", "Tailscale")]
    [InlineData("PREROUTING", "-m conntrack --ctstate RELATED,ESTABLISHED -j CONNMARK --restore-mark --nfmask 0xff0000 --ctmask 0xff0000", "Tailscale")]
    [InlineData("FORWARD", "-j DOCKER-USER", "Docker")]
    [InlineData("DOCKER-FORWARD", "-i docker0 -j ACCEPT", "Docker")]
    [InlineData("POSTROUTING", "-s 172.17.0.0/16 ! -o docker0 -j MASQUERADE", "an unknown program")]
    [InlineData("PREROUTING", "-s 172.19.0.0/16 -j DOCKER_BYPASS_EXCLUSIONS", "the split tunnel guide's script")]
    [InlineData("DOCKER_BYPASS_EXCLUSIONS", "-d 100.64.0.0/10 -j RETURN", "the split tunnel guide's script")]
    [InlineData("DOCKER-USER", "-s 172.18.0.0/16 ! -o tailscale0 -j DROP", "the split tunnel guide's script")]
    [InlineData("DOCKER-USER", "-s 172.18.0.0/16 -d 172.18.0.0/16 -j ACCEPT", "the split tunnel guide's script")]
    [InlineData("POSTROUTING", "-s 172.18.0.0/16 -o tailscale0 -j MASQUERADE", "the split tunnel guide's script")]
    [InlineData("DOCKER-USER", "-j CROWDSEC_CHAIN", "CrowdSec")]
    [InlineData("INPUT", "-m set --match-set crowdsec-blacklists src -j DROP", "CrowdSec")]
    [InlineData("INPUT", "-p tcp -m multiport --dports 22 -j f2b-sshd", "fail2ban")]
    [InlineData("INPUT", "-j ufw-before-input", "ufw")]
    [InlineData("ufw-user-input", "-p tcp -m tcp --dport 22 -j ACCEPT", "ufw")]
    [InlineData("INPUT", "-j INPUT_ZONES", "firewalld")]
    [InlineData("IN_public_allow", "-p tcp -m tcp --dport 22 -j ACCEPT", "firewalld")]
    [InlineData("FWDI_public", "-j FWDI_public_pre", "firewalld")]
    [InlineData("LIBVIRT_FWX", "-i virbr0 -o virbr0 -j ACCEPT", "libvirt")]
    [InlineData("FORWARD", "-i virbr0 -j ACCEPT", "libvirt")]
    [InlineData("FORWARD", "-m comment --comment \"kube-router netpol - TEMCG2JMHZYE7H7T\" -j KUBE-ROUTER-FORWARD", "kube-router (k3s)")]
    [InlineData("FORWARD", "-m mark --mark 0x20000/0x20000 -j ACCEPT", "kube-router (k3s)")]
    [InlineData("POSTROUTING", "-j KUBE-POSTROUTING", "Kubernetes")]
    [InlineData("FORWARD", "-m comment --comment \"flanneld forward\" -j FLANNEL-FWD", "Kubernetes")]
    [InlineData("POSTROUTING", "-m comment --comment \"CNI portfwd requiring masquerade\" -j CNI-HOSTPORT-MASQ", "Kubernetes")]
    [InlineData("FORWARD", "-m comment --comment \"cali:wUHhoiAYhphO9Mso\" -j cali-FORWARD", "Kubernetes")]
    [InlineData("OUTPUT", "-m comment --comment \"wg-quick(8) rule for wg0\" -j CONNMARK --save-mark", "WireGuard by wg-quick or NetworkManager")]
    [InlineData("INPUT", "-m mark --mark 0xe1f1 -m comment --comment nordvpn -j ACCEPT", "NordVPN")]
    [InlineData("OUTPUT", "-m mark ! --mark 0x6d6f6c65 -j DROP", "Mullvad VPN")]
    [InlineData("FORWARD", "-i tun0 -j ACCEPT", "OpenVPN")]
    [InlineData("FORWARD", "-s 10.1.2.3/32 -j ACCEPT", "an unknown program")]
    public void A_rule_of_the_firewall_is_told_by_chain_target_comment_set_interface_or_mark(string chain, string rule, string owner) =>
        Assert.Equal(owner, ForeignFirewallRules.OwnerOf(chain, IptablesSpecification.Parse(rule)).Name);

    [Theory]
    [InlineData("""{"priority":5210,"src":"all","fwmark":"0x80000","fwmask":"0xff0000","table":"254"}""", "Tailscale")]
    [InlineData("""{"priority":5270,"src":"all","table":"52"}""", "Tailscale")]
    [InlineData("""{"priority":2500,"src":"all","dst":"192.168.1.0","dstlen":24,"table":"254"}""", "Tailscale's documented rule for a LAN that a subnet router advertises too")]
    [InlineData("""{"priority":5269,"src":"all","dst":"172.16.0.0","dstlen":12,"table":"254"}""", "the usual rule for local networks beside an exit node")]
    [InlineData("""{"priority":32764,"not":null,"src":"all","fwmark":"0xca6c","table":"51820"}""", "WireGuard by wg-quick or NetworkManager")]
    [InlineData("""{"priority":32764,"not":null,"src":"all","fwmark":"0xca6d","table":"51821"}""", "WireGuard by wg-quick or NetworkManager")]
    [InlineData("""{"priority":32764,"not":null,"src":"all","fwmark":"0x6d6f6c65","table":"1836018789"}""", "Mullvad VPN")]
    [InlineData("""{"priority":32764,"not":null,"src":"all","fwmark":"0xe1f1","table":"205"}""", "NordVPN")]
    [InlineData("""{"priority":100,"src":"all","fwmark":"0x200","fwmask":"0xf00","table":"2004"}""", "Kubernetes")]
    [InlineData("""{"priority":2001,"src":"all","fwmark":"0x100","fwmask":"0x3f00","table":"1"}""", "mwan3")]
    [InlineData("""{"priority":100,"src":"10.0.0.0","srclen":8,"table":"100"}""", "an unknown program")]
    public void An_ip_rule_is_told_by_mark_table_or_preference(string json, string owner)
    {
        LiveRoutingRule[] rules = [.. RoutingRuleJson.Parse(IpFamily.IPv4, $"[{json}]")];

        Assert.Equal(owner, ForeignRoutingRules.OwnerOf(rules[0].Whole, rules, RuleEnvironment.Usual).Name);
    }

    [Fact]
    public void The_rule_for_main_without_its_default_route_belongs_to_the_vpn_beside_it()
    {
        LiveRoutingRule[] rules = [.. RoutingRuleJson.Parse(
            IpFamily.IPv4,
            """
            [{"priority":5093,"src":"all","table":"254","suppress_prefixlen":0},
             {"priority":5094,"not":null,"src":"all","fwmark":"0x6d6f6c65","table":"1836018789"}]
            """)];

        Assert.Equal(ForeignOwner.Mullvad, ForeignRoutingRules.OwnerOf(rules[0].Whole, rules, RuleEnvironment.Usual));
        Assert.Equal(ForeignOwner.Unknown, ForeignRoutingRules.OwnerOf(rules[0].Whole, [rules[0]], RuleEnvironment.Usual));
    }

    [Fact]
    public void Every_chain_of_the_captured_hosts_has_an_owner_or_is_the_kernels()
    {
        string[] unknown = [.. Saves.Names.Select(Saves.Parse)
            .SelectMany(saved => saved.Tables.SelectMany(table => table.Chains))
            .Where(chain => chain.Policy == "-" && !OwnChains.IsOwn(chain.Name))
            .Where(chain => ForeignFirewallRules.OwnerOf(chain.Name) == ForeignOwner.Unknown)
            .Select(chain => chain.Name)
            .Distinct()];

        // Made up, for a name that is hard to read.
        Assert.Equal(["odd.chain:name"], unknown);
    }
}
