using System.Management.Automation;
using TailSplit.Core.Model;
using TailSplit.Output;
using TailSplit.Tests.Engine.Hosting;
using TailSplit.Tests.Fakes;
using Xunit;

namespace TailSplit.Tests.Engine;

public sealed class TracePacketTests : IDisposable
{
    private readonly Session _session = new();

    public TracePacketTests() => _session.Host.Firewall[IpFamily.IPv4].Load($"""
        *filter
        -A DOCKER-FORWARD -i {UsualHost.Media.Bridge} -j ACCEPT
        -A DOCKER-FORWARD -i br-torrents -j ACCEPT
        COMMIT

        """);

    public void Dispose() => _session.Dispose();

    [Theory]
    [InlineData("1.1.1.1", "Direct by eth0", "-j MARK --set-xmark 0x80000/0xff0000")]
    [InlineData("192.168.1.20", "Direct by eth0", "lookup main suppress_prefixlength 7")]
    [InlineData("100.100.100.100", "Tunnel by tailscale0", "lookup 52 suppress_prefixlength 0")]
    [InlineData("9.9.9.9", "Tunnel by tailscale0", "to 9.9.9.9/32")]
    [InlineData("172.18.0.9", "Stays on ", null)]
    [InlineData("192.168.1.10", "Delivered to the host", "pref 0 lookup local")]
    public void A_bypass_is_traced_to_the_rule_responsible(string destination, string verdict, string? rule)
    {
        _session.Given($"New-TailSplitBypass media -Exclude 9.9.9.9");

        TailSplitTrace trace = Assert.Single(Traces($"Trace-TailSplitPacket media -Destination {destination}"));

        Assert.StartsWith(verdict, trace.Verdict, StringComparison.Ordinal);
        Assert.Empty(trace.Unsure);
        if (rule is null)
            Assert.Null(trace.Rule);
        else
            Assert.Contains(rule, trace.Rule!.CommandLine, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("1.1.1.1", "Tunnel by tailscale0", null)]
    [InlineData("192.168.1.20", "Direct by eth0", null)]
    [InlineData("192.168.1.21", "Tunnel by tailscale0", null)]
    [InlineData("172.18.0.9", "Blocked", null)]
    [InlineData("2606:4700:4700::1111", "Tunnel by tailscale0", null)]
    [InlineData("1.1.1.1", "Blocked", "-Source 8.8.8.8")]
    public void A_killswitch_is_traced(string destination, string verdict, string? options)
    {
        _session.Given($"New-TailSplitKillswitch torrents -AllowDestination 192.168.1.20");

        TailSplitTrace trace = Assert.Single(
            Traces($"Trace-TailSplitPacket torrents -Destination {destination} {options}"));

        Assert.Equal(verdict, trace.Verdict);
        Assert.Equal("torrents", trace.Policy);
        Assert.Empty(trace.Unsure);
    }

    [Fact]
    public void A_question_to_magic_dns_is_traced_to_where_it_is_asked_on_or_to_the_name_server()
    {
        const string ask = "Trace-TailSplitPacket torrents -Destination 100.100.100.100 -Protocol Udp -Port 53";
        _session.Given($"New-TailSplitKillswitch torrents");
        TailSplitTrace magic = Assert.Single(Traces(ask));
        Assert.Equal("Tunnel by tailscale0", magic.Verdict);
        Assert.Contains("forwards the query from the host", magic.Detail, StringComparison.Ordinal);

        _session.Run("New-TailSplitKillswitch torrents -DnsServer 9.9.9.9 -Force").AssertNoErrors();
        TailSplitTrace server = Assert.Single(Traces(ask));
        Assert.Equal("Tunnel by tailscale0", server.Verdict);
        Assert.DoesNotContain("asks on", server.Detail, StringComparison.Ordinal);
        Assert.Contains(server.Steps, step => step.Effect == "sends it to 9.9.9.9 instead");
        Assert.Empty(server.Unsure);
        TailSplitTrace other = Assert.Single(Traces("Trace-TailSplitPacket torrents -Destination 1.1.1.1"));
        Assert.Equal("Tunnel by tailscale0", other.Verdict);
        Assert.Empty(other.Unsure);

        _session.Host.Routes.RemoveTable(52);
        TailSplitTrace nowhere = Assert.Single(Traces(ask));
        Assert.Equal("Blocked", nowhere.Verdict);
        Assert.Empty(nowhere.Unsure);
    }

    [Fact]
    public void Without_its_exit_node_a_killswitch_refuses_and_the_kernel_says_so_too()
    {
        _session.Host.Routes.RemoveTable(52);
        _session.Given($"New-TailSplitKillswitch torrents");

        TailSplitTrace trace = Assert.Single(
            Traces("Trace-TailSplitPacket torrents -Destination 1.1.1.1 -Protocol Udp -Port 53"));

        Assert.Equal((Egress.Blocked, null), (trace.Egress, trace.Interface));
        Assert.Equal(
            "ip -4 rule add pref 95830 from 172.19.0.0/16 iif br-torrents prohibit protocol 84",
            trace.Rule!.CommandLine);
        Assert.Equal((trace.Rule.CommandLine, "Permission denied"), (trace.RoutingRule, trace.Kernel));
        Assert.Equal(("172.19.0.2", 53), (trace.Source, trace.Port!.Value));
    }

    [Fact]
    public void The_steps_are_each_rule_of_ours_and_what_else_matters()
    {
        _session.Given($"New-TailSplitBypass media; New-TailSplitKillswitch torrents");

        TailSplitTrace trace = Assert.Single(Traces("Trace-TailSplitPacket media -Destination 1.1.1.1"));

        Assert.Contains(trace.Steps, step => step is { Chain: "PREROUTING", IsOwn: true, Matched: true });
        Assert.Contains(trace.Steps, step => step is { Chain: "TSB-media", Policy: "media", Matched: true });
        Assert.Contains(
            trace.Steps, step => step is { Chain: "TAILSPLIT-KILLSWITCH", Policy: "torrents", Matched: false });
        Assert.Contains(trace.Steps, step => step is { Preference: 5092, Policy: "torrents", Matched: false });
        Assert.Contains(trace.Steps, step => step is { Preference: 5101, Policy: "media", Matched: true });
        Assert.Contains(trace.Steps, step => step is { Preference: > 32767, Policy: "media", Matched: true }
            && step.CommandLine.EndsWith(" fwmark 0x80000/0xff0000 lookup main protocol 84", StringComparison.Ordinal));
        Assert.Equal(("0x80000", "main", "default dev eth0"), (trace.Mark, trace.Table, trace.Route));
    }

    [Theory]
    [InlineData("Get-DockerNetwork torrents, games | Trace-TailSplitPacket -Destination 1.1.1.1", "torrents games")]
    [InlineData("'torrents', 'games' | Trace-TailSplitPacket -Destination 1.1.1.1", "torrents games")]
    [InlineData("Get-TailSplitPolicy | Trace-TailSplitPacket -Destination 1.1.1.1", "br-torrents media")]
    [InlineData("Trace-TailSplitPacket torrents, games -Destination 1.1.1.1", "torrents games")]
    [InlineData("Trace-TailSplitPacket -Bridge br-torrents -Destination 1.1.1.1", "br-torrents")]
    [InlineData("Trace-TailSplitPacket -Subnet 172.19.0.0/16 -Destination 1.1.1.1", "br-torrents")]
    public void Networks_come_by_name_by_pipeline_and_by_hand(string script, string networks)
    {
        _session.Given($"New-TailSplitBypass media; New-TailSplitKillswitch -Subnet 172.19.0.0/16 -Name hand");

        Assert.Equal(networks, string.Join(' ', Traces(script).Select(trace => trace.Network)));
    }

    [Fact]
    public void Several_destinations_cost_one_reading()
    {
        Assert.Equal(
            3, Traces("Trace-TailSplitPacket media -Destination 1.1.1.1, 8.8.8.8, 9.9.9.9 -Protocol Icmp").Count);
        Assert.Single(_session.Host.Calls, call => call.Call.Program == "iptables-save");
        Assert.Equal(0, _session.Host.Writes);
    }

    [Fact]
    public void Many_names_cost_three_calls_of_docker_and_not_one_each()
    {
        Assert.Equal(
            4, Traces("'media', 'torrents', 'games', 'media' | Trace-TailSplitPacket -Destination 1.1.1.1").Count);
        Assert.Equal(5, _session.Host.Calls.Count(call => call.Call.Program == "docker"));
    }

    [Theory]
    [InlineData("media -Destination example.org", "InvalidAddress")]
    [InlineData("media -Destination 10.0.0.0/8", "InvalidAddress")]
    [InlineData("media -Destination 127.0.0.11", "InvalidAddress")]
    [InlineData("media -Destination 224.0.0.251", "InvalidAddress")]
    [InlineData("media -Destination 255.255.255.255", "InvalidAddress")]
    [InlineData("media -Destination 1.1.1.1 -Source ::2", "InvalidAddress")]
    [InlineData("media -Destination 2606:4700::1111", "FamilyNotOnNetwork")]
    [InlineData("media -Destination 1.1.1.1 -Protocol Icmp -Port 53", "PortWithoutPorts")]
    [InlineData("-Subnet 10.99.0.0/16 -Destination 1.1.1.1", "SubnetWithoutBridge")]
    [InlineData("-Destination 1.1.1.1", "MissingTarget")]
    [InlineData("media -Bridge br-x -Destination 1.1.1.1", "NetworkAndSubnet")]
    public void Bad_input_is_an_error_with_a_remedy(string arguments, string id) =>
        _session.Run($"Trace-TailSplitPacket {arguments}").AssertError(id, ErrorCategory.InvalidArgument);

    [Fact]
    public void A_bad_destination_does_not_stop_the_others()
    {
        Answer answer = _session.Run("Trace-TailSplitPacket media -Destination nowhere, 1.1.1.1");

        answer.AssertError("InvalidAddress", ErrorCategory.InvalidArgument);
        Assert.Single(answer.Of<TailSplitTrace>());
    }

    [Fact]
    public void A_network_that_does_not_exist_and_one_without_a_bridge_are_errors()
    {
        _session.Run("Trace-TailSplitPacket nope -Destination 1.1.1.1")
            .AssertError("NetworkNotFound", ErrorCategory.ObjectNotFound);
        _session.Run("Trace-TailSplitPacket host -Destination 1.1.1.1")
            .AssertError("NetworkNotTraceable", ErrorCategory.InvalidOperation);
    }

    [Fact]
    public void A_network_without_a_bridge_is_skipped_among_others()
    {
        Answer answer = _session.Run("Get-DockerNetwork host, media | Trace-TailSplitPacket -Destination 1.1.1.1")
            .AssertNoErrors();

        Assert.Single(answer.Of<TailSplitTrace>());
        Assert.Contains(answer.Warnings, warning => warning.Contains("'host'", StringComparison.Ordinal));
    }

    [Fact]
    public void Without_root_the_trace_is_of_routing_and_says_what_it_could_not_see()
    {
        _session.Given($"New-TailSplitKillswitch torrents");
        _session.Host.Routes.RemoveTable(52);
        _session.Host.RefusesRoot = true;

        Answer answer = _session.Run("Trace-TailSplitPacket torrents -Destination 1.1.1.1").AssertNoErrors();

        TailSplitTrace trace = Assert.Single(answer.Of<TailSplitTrace>());
        Assert.Equal(("Blocked", "Permission denied"), (trace.Verdict, trace.Kernel));
        Assert.Contains(trace.Unsure, doubt => doubt.Contains("firewall", StringComparison.Ordinal));
        Assert.Contains("needs root", Assert.Single(answer.Warnings), StringComparison.Ordinal);
    }

    [Fact]
    public void A_kernel_answer_that_differs_is_a_warning()
    {
        _session.Host.Intruders.Add(new Intruder(
            call => call.Arguments.Contains("all"),
            host => host.Routes.Add(IpFamily.IPv4, "pref 10 iif br-torrents prohibit")));

        Answer answer = _session.Run("Trace-TailSplitPacket torrents -Destination 1.1.1.1").AssertNoErrors();

        Assert.Contains("'Permission denied'", Assert.Single(answer.Warnings), StringComparison.Ordinal);
        Assert.Single(Assert.Single(answer.Of<TailSplitTrace>()).Unsure);
    }

    private IReadOnlyList<TailSplitTrace> Traces(string script)
    {
        Answer answer = _session.Run(script).AssertNoErrors();
        Assert.Empty(answer.Warnings);
        return answer.Of<TailSplitTrace>();
    }
}
