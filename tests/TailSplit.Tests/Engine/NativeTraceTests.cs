using TailSplit.Core.Model;
using TailSplit.Output;
using TailSplit.Tests.Engine.Hosting;
using TailSplit.Tests.Fakes;
using Xunit;

namespace TailSplit.Tests.Engine;

/// <summary>Native nftables rules in a trace, and an nft that can't list them.</summary>
public sealed class NativeTraceTests : IDisposable
{
    private const string Closed = """
        {"nftables": [
        {"table": {"family": "ip", "name": "docker-bridges"}},
        {"chain": {"family": "ip", "table": "docker-bridges", "name": "filter-FORWARD", "type": "filter", "hook": "forward", "prio": 0, "policy": "accept"}},
        {"rule": {"family": "ip", "table": "docker-bridges", "chain": "filter-FORWARD", "expr": [{"counter": null}, {"drop": null}]}}]}
        """;

    private readonly Session _session = new();

    private FakeHost Host => _session.Host;

    public NativeTraceTests() => Host.Firewall[IpFamily.IPv4].Load($"""
        *filter
        -A DOCKER-FORWARD -i {UsualHost.Media.Bridge} -j ACCEPT
        COMMIT

        """);

    public void Dispose() => _session.Dispose();

    [Fact]
    public void A_drop_of_a_native_rule_is_shown_with_table_chain_and_rule()
    {
        Host.Firewall.Native = Closed;

        TailSplitTrace trace = Trace();

        Assert.Equal("Blocked", trace.Verdict);
        Assert.Equal(("ip docker-bridges", "filter-FORWARD"), (trace.Rule!.Table, trace.Rule.Chain));
        Assert.Equal("nft 'add rule ip docker-bridges filter-FORWARD counter drop'", trace.Rule.CommandLine);
        Assert.Empty(trace.Unsure);
        Assert.Empty(trace.Remarks);
    }

    [Fact]
    public void Without_nft_a_trace_is_sure_and_remarks_what_it_did_not_look_at()
    {
        Host.Missing.Add("nft");

        TailSplitTrace trace = Trace();

        Assert.Empty(trace.Unsure);
        Assert.Equal(
            "nft is not installed, so native nftables rules, if any, were not read", Assert.Single(trace.Remarks));
    }

    [Fact]
    public void An_nft_that_dies_makes_a_trace_unsure()
    {
        Host.Faults.Add(new Fault(call => call.Program == "nft") { ExitCode = 139, Words = "Segmentation fault", Times = int.MaxValue });

        Assert.Equal("native nftables rules, which nft can't list: Segmentation fault", Assert.Single(Trace().Unsure));
    }

    [Theory]
    [InlineData("table ip filter\ntable ip6 nat\n", null)]
    [InlineData("table ip filter\ntable inet other\n", "the nftables table inet other, which nft can't list: Segmentation fault")]
    public void An_nft_that_dies_of_the_whole_is_asked_for_each_table(string tables, string? unsure)
    {
        Host.Firewall.NativeTables = tables;
        Host.Faults.Add(new Fault(call => call is { Program: "nft", Arguments: ["-j", "list", "ruleset" or "table", ..] })
        {
            ExitCode = 139,
            Words = "Segmentation fault",
            Times = int.MaxValue,
        });

        Assert.Equal(unsure is null ? [] : [unsure], Trace().Unsure);
    }

    [Fact]
    public void A_table_that_nft_can_list_alone_is_evaluated()
    {
        Host.Firewall.NativeTables = "table ip docker-bridges\n";
        Host.Firewall.Native = Closed;
        Host.Faults.Add(new Fault(call => call is { Program: "nft", Arguments: ["-j", "list", "ruleset"] })
        {
            ExitCode = 139,
            Words = "Segmentation fault",
            Times = int.MaxValue,
        });

        TailSplitTrace trace = Trace();

        Assert.Equal("Blocked", trace.Verdict);
        Assert.Empty(trace.Unsure);
    }

    [Theory]
    [InlineData("internal:0:0-0: Error: cache initialization failed: Protocol not supported")]
    [InlineData("netlink: Error: cache initialization failed: Invalid argument")]
    public void A_kernel_without_nf_tables_holds_nothing_there(string words)
    {
        Host.Faults.Add(new Fault(call => call.Program == "nft") { ExitCode = 1, Words = words, Times = int.MaxValue });

        TailSplitTrace trace = Trace();

        Assert.Empty(trace.Unsure);
        Assert.Empty(trace.Remarks);
    }

    private TailSplitTrace Trace() => Assert.Single(
        _session.Run("Trace-TailSplitPacket media -Destination 1.1.1.1").AssertNoErrors().Of<TailSplitTrace>());
}
