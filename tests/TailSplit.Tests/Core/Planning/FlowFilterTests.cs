using System.Collections.Immutable;
using System.Net;
using CsCheck;
using TailSplit.Core.Flows;
using TailSplit.Core.Model;
using TailSplit.Tests.Core.Generators;
using Xunit;

namespace TailSplit.Tests.Core.Planning;

/// <summary>Few calls of conntrack -D end what violates a policy, and nothing else.</summary>
public sealed class FlowFilterTests
{
    private static readonly FlowEnvironment s_environment = new(
        [IPAddress.Parse("100.101.102.103")],
        [IPAddress.Parse("192.168.1.5"), IPAddress.Parse("100.101.102.103"), IPAddress.Parse("172.18.0.1")],
        Samples.Cidrs("10.20.0.0/16"));

    private static readonly PolicyTarget s_target = Samples.Network("media", "br-0123456789ab", "172.18.0.0/16", "172.19.0.0/24");

    private static readonly KillswitchPolicy s_killswitch = Samples.Killswitch("media", s_target);

    private static readonly Policy[] s_policies =
    [
        s_killswitch,
        s_killswitch with { AllowDestination = Samples.Cidrs("192.168.1.0/24", "203.0.113.7/32") },
        s_killswitch with { AllowPublishedPort = true },
        s_killswitch with { BlockHost = true },
        Samples.Bypass("media", s_target),
        Samples.Bypass("media", s_target) with { Exclude = Samples.Cidrs("198.51.0.0/16") },
    ];

    private static readonly string[] s_addresses =
    [
        "172.18.0.1", "172.18.0.2", "172.18.9.9", "172.19.0.2", "172.20.0.2", "192.168.1.5", "192.168.1.20", "100.80.0.1",
        "100.101.102.103", "198.51.100.10", "203.0.113.7", "203.0.113.8", "10.20.0.9", "8.8.8.8", "255.1.2.3", "1.0.0.1",
    ];

    [Fact]
    public void Any_mix_of_connections_loses_those_that_violate_the_policy_and_no_other() =>
        Gen.Select(Gen.OneOf(s_policies), Entries).Sample((policy, entries) =>
        {
            ImmutableArray<FlowFilter> filters = FlowFilters.Find(policy, entries, s_environment);
            HashSet<ConntrackEntry> stale = [.. StaleFlows.Find(policy, entries, s_environment)];

            return entries.All(entry => stale.Contains(entry) == filters.Any(filter => filter.Matches(entry)));
        });

    [Fact]
    public void Where_all_of_a_network_left_by_the_isp_few_filters_end_ten_thousand()
    {
        ImmutableArray<ConntrackEntry> entries = ConntrackList.Parse(string.Join('\n', Enumerable.Range(0, 10000).Select(
            i => Line($"172.18.0.{2 + (i % 200)}", $"{1 + (i % 223)}.{i / 250}.{i % 250}.7", null, "192.168.1.5", i))));

        ImmutableArray<FlowFilter> filters = FlowFilters.Find(s_killswitch, entries, s_environment);

        Assert.InRange(filters.Length, 1, 40);
        Assert.All(entries.Except(StaleFlows.Find(s_killswitch, entries, s_environment)), entry =>
            Assert.DoesNotContain(filters, filter => filter.Matches(entry)));
    }

    [Fact]
    public void A_connection_that_begins_meanwhile_to_where_the_policy_allows_is_spared()
    {
        ImmutableArray<ConntrackEntry> entries = ConntrackList.Parse(
            Line("172.18.0.2", "198.51.100.10", null, "192.168.1.5", 1));
        ConntrackEntry later = ConntrackList.Parse(Line("172.18.0.2", "192.168.1.20", null, "192.168.1.5", 2)).Single();

        ImmutableArray<FlowFilter> filters = FlowFilters.Find(
            s_killswitch with { AllowDestination = Samples.Cidrs("192.168.1.20/32") }, entries, s_environment);

        Assert.NotEmpty(filters);
        Assert.DoesNotContain(filters, filter => filter.Matches(later));
    }

    [Fact]
    public void A_filter_spells_the_options_of_conntrack()
    {
        FlowFilter filter = new(IpFamily.IPv4)
        {
            Source = Cidr.Parse("172.18.0.0/16"),
            Destination = Cidr.Parse("0.0.0.0/0"),
            ReplyDestination = IPAddress.Parse("192.168.1.5"),
        };

        Assert.Equal("-D -f ipv4 -s 172.18.0.0/16 -q 192.168.1.5", string.Join(' ', filter.Arguments));
    }

    [Theory]
    [InlineData("conntrack v1.4.7 (conntrack-tools): 8000 flow entries have been deleted.\n", 8000)]
    [InlineData("conntrack v1.4.6 (conntrack-tools): 0 flow entries have been deleted.\n", 0)]
    [InlineData("conntrack v1.4.7 (conntrack-tools): Operation failed: such conntrack doesn't exist\n", null)]
    public void The_summary_says_how_many_went(string words, int? count) =>
        Assert.Equal(count, ConntrackSummary.Deleted(words));

    private static Gen<ImmutableArray<ConntrackEntry>> Entries
    {
        get
        {
            Gen<string> address = Gen.OneOf(s_addresses);
            return Gen.Select(address, address, address, address, Gen.Int[0, 3], Gen.Bool)
                .Select((source, destination, answeredBy, replyTo, port, plain) => Line(
                    source, destination, plain ? null : answeredBy, replyTo, port))
                .List[0, 30]
                .Select(lines => ConntrackList.Parse(string.Join('\n', lines.Distinct())));
        }
    }

    private static string Line(string source, string destination, string? answeredBy, string replyTo, int port) =>
        $"udp 17 100 src={source} dst={destination} sport={port} dport=53 " +
        $"src={answeredBy ?? destination} dst={replyTo} sport=53 dport={port} mark=0 use=1";
}
