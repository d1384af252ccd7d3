using TailSplit.Core.Model;
using TailSplit.Core.Rules;
using TailSplit.Output;
using TailSplit.Tests.Engine.Hosting;
using TailSplit.Tests.Fakes;
using Xunit;

namespace TailSplit.Tests.Engine;

public sealed class BypassOptionTests : IDisposable
{
    private readonly Session _session = new();

    public void Dispose() => _session.Dispose();

    [Fact]
    public void A_bypass_marks_what_enters_by_the_bridge_and_routes_the_rest_by_main()
    {
        Answer answer = Run("New-TailSplitBypass torrents");

        foreach (IpFamily family in IpFamilies.All)
        {
            Assert.Contains(
                answer.Rules,
                rule => rule.Family == family && rule.Table == "mangle" && rule.Chain == "TAILSPLIT-BYPASS"
                    && rule.CommandLine.Contains("-i br-torrents", StringComparison.Ordinal));
            Assert.Contains(
                answer.Lines, line => line.EndsWith("-j MARK --set-xmark 0x80000/0xff0000", StringComparison.Ordinal));
            Assert.Contains(
                $"ip -{(int)family} rule add pref 95832 iif br-torrents lookup main suppress_prefixlength 7 protocol 84",
                answer.Lines);
            Assert.Contains(
                $"ip -{(int)family} rule add pref 95834 iif br-torrents lookup 52 suppress_prefixlength 0 protocol 84",
                answer.Lines);
        }
    }

    [Fact]
    public void Every_rule_is_an_object_that_says_where_it_is_and_what_became_of_it()
    {
        Answer answer = Run("New-TailSplitBypass media");

        Assert.All(answer.Rules, rule =>
        {
            Assert.Equal(RuleState.Applied, rule.State);
            Assert.True(rule.Policy is "media" or null);
            Assert.Equal(rule.Layer == RuleLayer.Firewall, rule.Chain is not null && rule.Table is not null);
            Assert.Equal(rule.Layer == RuleLayer.Routing, rule.Preference is not null);
            Assert.Equal(rule.CommandLine, rule.ToString());
        });
        Assert.Contains(answer.Rules, rule => rule is { Policy: "media", Kind: PolicyKind.Bypass });
    }

    [Fact]
    public void The_rules_that_are_shown_are_the_rules_that_are_in_the_kernel()
    {
        Answer made = Run("New-TailSplitBypass media -Exclude 198.51.100.0/24");

        Answer live = Run("Get-TailSplitRule");

        Assert.Equal(made.Lines.Select(Unplaced).Order(), live.Lines.Select(Unplaced).Order());

        // A rule that is read back does not say by which command it was put in its place.
        static string Unplaced(string line) => line
            .Replace("-I ", "-A ", StringComparison.Ordinal)
            .Replace(" 1 -m comment", " -m comment", StringComparison.Ordinal);
    }

    [Fact]
    public void Excluded_destinations_return_before_the_mark_and_keep_the_table_of_the_tunnel()
    {
        Answer answer = Run("New-TailSplitBypass torrents -Exclude 198.51.100.0/24, 203.0.113.7, 2001:db8::/32");

        Assert.Contains(
            answer.Lines,
            line => line.StartsWith("iptables -t mangle -A TSB-torrents -d 198.51.100.0/24", StringComparison.Ordinal));
        Assert.Contains(
            answer.Lines,
            line => line.StartsWith("iptables -t mangle -A TSB-torrents -d 203.0.113.7/32", StringComparison.Ordinal));
        Assert.Contains(
            answer.Lines,
            line => line.StartsWith("ip6tables -t mangle -A TSB-torrents -d 2001:db8::/32", StringComparison.Ordinal));
        Assert.Contains(
            answer.Lines,
            line => line.Contains(" to 198.51.100.0/24 iif br-torrents lookup 52", StringComparison.Ordinal));
    }

    [Fact]
    public void By_route_there_is_no_mangle_rule()
    {
        Answer answer = Run("New-TailSplitBypass media -Mechanism Route");

        Assert.DoesNotContain(answer.Rules, rule => rule.Table == "mangle");
        Assert.Contains(answer.Lines, line =>
            line.StartsWith("ip -4 rule add pref ", StringComparison.Ordinal)
                && line.EndsWith($" iif {UsualHost.Media.Bridge} lookup main protocol 84", StringComparison.Ordinal));
        Assert.DoesNotContain(answer.Lines, line => line.Contains("fwmark", StringComparison.Ordinal));
    }

    [Fact]
    public void The_tunnel_is_found_by_its_table_and_can_be_named()
    {
        Assert.Contains(
            Run("New-TailSplitBypass media").Lines, line => line.Contains("-o tailscale0", StringComparison.Ordinal));
        Assert.Contains(
            Run(
                "New-TailSplitBypass games -TunnelInterface ts-work").Lines, line => line.Contains("-o ts-work",
                StringComparison.Ordinal));
    }

    [Fact]
    public void Without_a_tunnel_the_usual_name_is_assumed_and_said_so()
    {
        _session.Host.Routes.RemoveTable(52);
        _session.Host.Routes.RemoveLink("tailscale0");

        Answer answer = Run("New-TailSplitBypass media -Verbose");

        Assert.Contains(answer.Verbose, line => line.Contains("'tailscale0' is assumed", StringComparison.Ordinal));
    }

    [Fact]
    public void Rules_go_below_tailscales_own_preferences()
    {
        _session.Host.Routes.Delete(IpFamily.IPv4, rule => rule.Preference is > 5200 and < 5300);
        _session.Host.Routes.Delete(IpFamily.IPv6, rule => rule.Preference is > 5200 and < 5300);
        _session.Host.Routes.Add(IpFamily.IPv4, "pref 1310 fwmark 0x80000/0xff0000 lookup main");
        _session.Host.Routes.Add(IpFamily.IPv4, "pref 1370 lookup 52");

        Answer answer = Run("New-TailSplitBypass media");

        Assert.All(
            answer.Rules.Select(rule => rule.Preference).OfType<int>(),
            preference => Assert.True(preference is >= 1190 and < 1300 or > 32767, $"{preference}"));
        Assert.Contains(answer.Rules, rule => rule.Preference < 1300);
    }

    [Fact]
    public void Connections_that_went_through_the_tunnel_are_ended()
    {
        const string Stale =
            "tcp      6 431999 ESTABLISHED src=172.18.0.2 dst=198.51.100.9 sport=40000 dport=443 " +
            "src=198.51.100.9 dst=100.101.102.103 sport=443 dport=40000 [ASSURED] mark=0 use=1";
        const string Other =
            "tcp      6 431999 ESTABLISHED src=172.20.0.2 dst=198.51.100.9 sport=40000 dport=443 " +
            "src=198.51.100.9 dst=100.101.102.103 sport=443 dport=40000 [ASSURED] mark=0 use=1";
        _session.Host.Conntrack.Entries.AddRange([Stale, Other]);

        Answer answer = Run("New-TailSplitBypass media -Verbose");

        Assert.Equal([Other], _session.Host.Conntrack.Entries);
        Assert.Contains(answer.Verbose, line => line.EndsWith("now ended: 1.", StringComparison.Ordinal));
    }

    [Fact]
    public void Without_conntrack_there_is_a_warning_that_names_the_package()
    {
        _session.Host.Missing.Add("conntrack");

        string warning = Assert.Single(Run("New-TailSplitBypass media").Warnings);

        Assert.Contains("apt-get install conntrack", warning, StringComparison.Ordinal);
    }

    private Answer Run(string script) => _session.Run(script).AssertNoErrors();
}
