using TailSplit.Core.Model;
using TailSplit.Execution.Programs;
using TailSplit.Tests.Fakes.Routing;
using Xunit;

namespace TailSplit.Tests.Fakes;

/// <summary>The fake is as strict as ip of iproute2 6.1, whose words and exit codes these are.</summary>
public sealed class FakeRoutesTests
{
    private readonly FakeRoutes _routes = new();

    [Fact]
    public void A_batch_ends_at_the_first_line_that_fails_and_what_was_before_stays()
    {
        _routes.Add(IpFamily.IPv4, "pref 5122 iif br-x prohibit protocol 84");

        ToolFailure failure = Assert.Throws<ToolFailure>(() => Batch(
            "rule add pref 5123 iif br-x prohibit protocol 84\n" +
            "rule add pref 5122 iif br-x prohibit protocol 84\n" +
            "rule add pref 5129 iif br-x prohibit protocol 84\n"));

        Assert.Equal("RTNETLINK answers: File exists\nCommand failed -:2", failure.Message);
        Assert.Equal(1, failure.Result.ExitCode);
        Assert.Equal([0, 5122, 5123, 32766, 32767], _routes.Rules(IpFamily.IPv4).Select(rule => rule.Preference));
    }

    [Theory]
    [InlineData(
        "rule del pref 5999 iif br-x prohibit protocol 84",
        "RTNETLINK answers: No such file or directory\nCommand failed -:1")]
    [InlineData("rule add pref 5122 iff br-x", "Error: argument \"iff\" is wrong: Failed to parse rule type")]
    public void An_impossible_change_fails_with_the_message_of_the_tool(string line, string words) =>
        Assert.Equal(words, Assert.Throws<ToolFailure>(() => Batch(line + "\n")).Message);

    [Fact]
    public void Rules_are_printed_as_json_with_numbers()
    {
        Batch(
            "rule add pref 5100 to 10.1.0.0/16 lookup main suppress_prefixlength 0 protocol 84\n" +
            "rule add pref 5112 iif br-x fwmark 0/0xff0000 lookup main protocol 84\n" +
            "rule add pref 5111 from 10.1.0.0/16 to 1.1.1.1/32 lookup 52 protocol 84\n");

        Assert.Equal(
            """[{"priority":0,"src":"all","table":"255"},{"priority":5100,"src":"all","dst":"10.1.0.0","dstlen":16,"table":"254","suppress_prefixlen":0,"protocol":"84"},{"priority":5111,"src":"10.1.0.0","srclen":16,"dst":"1.1.1.1","table":"52","protocol":"84"},{"priority":5112,"src":"all","fwmark":"0","fwmask":"0xff0000","iif":"br-x","iif_detached":null,"table":"254","protocol":"84"},{"priority":32766,"src":"all","table":"254"},{"priority":32767,"src":"all","table":"253"}]"""
                + "\n",
            _routes.Run(new ProgramCall("ip", "-4", "-N", "-j", "rule", "show"), halfway: false));
    }

    [Fact]
    public void A_table_that_does_not_exist_is_a_failure()
    {
        ToolFailure failure = Assert.Throws<ToolFailure>(() =>
            _routes.Run(new ProgramCall("ip", "-4", "-j", "route", "show", "table", "52"), halfway: false));

        Assert.Equal(2, failure.Result.ExitCode);
        Assert.StartsWith("Error: ipv4: FIB table does not exist.", failure.Message, StringComparison.Ordinal);
    }

    private void Batch(string text) =>
        _routes.Run(new ProgramCall("ip", "-4", "-batch", "-") { Input = text }, halfway: false);
}
