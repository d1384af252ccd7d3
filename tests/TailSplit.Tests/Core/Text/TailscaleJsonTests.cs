using TailSplit.Core;
using TailSplit.Core.Model;
using TailSplit.Core.Tailscale;
using Xunit;

namespace TailSplit.Tests.Core.Text;

public sealed class TailscaleJsonTests
{
    [Fact]
    public void An_exit_node_has_the_name_of_its_peer()
    {
        TailscaleStatus status = TailscaleStatusJson.Parse("""
            {"Version":"1.96.4","TUN":true,"BackendState":"Running","TailscaleIPs":["100.64.0.1"],
             "ExitNodeStatus":{"ID":"n2","Online":false,"TailscaleIPs":["100.64.0.2/32"]},
             "Peer":{"nodekey:a":{"ID":"n1","DNSName":"bergen.x.ts.net.","ExitNodeOption":true,"Online":true},
                     "nodekey:b":{"ID":"n2","DNSName":"oslo.x.ts.net.","ExitNode":true,"ExitNodeOption":true,"Online":false}}}
            """);

        Assert.Equal(
            new TailscalePeer("n2", "oslo", Online: false) { CarriesIPv4 = true, CarriesIPv6 = true }, status.ExitNode);
        Assert.Equal(["bergen", "oslo"], status.ExitNodesOffered.Select(peer => peer.Name));
        Assert.True(status.IsRunning);
    }

    [Fact]
    public void An_exit_node_of_mullvad_has_its_whole_name_and_is_not_called_offline()
    {
        TailscaleStatus status = TailscaleStatusJson.Parse("""
            {"Version":"1.96.4","TUN":true,"BackendState":"Running","ExitNodeStatus":{"ID":"n7","Online":false},
             "Peer":{"nodekey:a":{"ID":"n7","DNSName":"se-sto-wg-001.mullvad.ts.net.","ExitNode":true,"ExitNodeOption":true,"Online":false}}}
            """);

        Assert.Equal(
            new TailscalePeer("n7", "se-sto-wg-001.mullvad.ts.net", Online: true) { CarriesIPv4 = true, CarriesIPv6 = true },
            status.ExitNode);
    }

    /// <summary>AllowedIPs has the default routes that are approved, and the subnet routes.</summary>
    [Theory]
    [InlineData("\"100.64.0.2/32\",\"0.0.0.0/0\",\"::/0\"", "true", true, true)]
    [InlineData("\"100.64.0.2/32\",\"0.0.0.0/0\"", "false", true, false)]
    [InlineData("\"100.64.0.2/32\",\"10.77.0.0/24\"", "false", false, false)]
    public void An_exit_node_carries_the_families_whose_default_routes_are_approved(
        string allowed, string option, bool v4, bool v6)
    {
        TailscaleStatus status = TailscaleStatusJson.Parse($$$"""
            {"BackendState":"Running","ExitNodeStatus":{"ID":"n2","Online":true},
             "Peer":{"nodekey:b":{"ID":"n2","DNSName":"oslo.x.ts.net.","ExitNode":true,"ExitNodeOption":{{{option}}},"Online":true,
                                  "AllowedIPs":[{{{allowed}}}] } } }
            """);

        Assert.Equal(
            (v4, v6), (status.ExitNode!.Carries(IpFamily.IPv4), status.ExitNode.Carries(IpFamily.IPv6)));
        Assert.Equal(
            allowed.Contains("10.77", StringComparison.Ordinal) ? ["10.77.0.0/24"] : [],
            status.Routes.Select(route => $"{route}"));
    }

    [Fact]
    public void Before_a_login_there_are_neither_addresses_nor_peers()
    {
        TailscaleStatus status = TailscaleStatusJson.Parse(
            """{"Version":"1.96.4","TUN":true,"BackendState":"NeedsLogin","TailscaleIPs":null,"Health":null,"Peer":null,"ExitNodeStatus":null}""");

        Assert.False(status.IsRunning);
        Assert.Null(status.ExitNode);
        Assert.Empty(status.Addresses);
    }

    [Theory]
    [InlineData("""{"NoStatefulFiltering":false,"NetfilterMode":2}""", true, NetfilterMode.On)]
    [InlineData("""{"NoStatefulFiltering":true,"NetfilterMode":1}""", false, NetfilterMode.NoDivert)]
    [InlineData("""{"NoStatefulFiltering":null,"NetfilterMode":0}""", false, NetfilterMode.Off)]
    [InlineData("{}", false, NetfilterMode.On)]
    public void Stateful_filtering_is_on_only_where_somebody_said_so(string json, bool stateful, NetfilterMode mode)
    {
        TailscalePrefs prefs = TailscalePrefsJson.Parse(json);

        Assert.Equal(stateful, prefs.StatefulFiltering);
        Assert.Equal(mode, prefs.NetfilterMode);
    }

    [Theory]
    [InlineData("""{"ExitNodeID":"n2"}""", true)]
    [InlineData("""{"ExitNodeIP":"100.64.0.2"}""", true)]
    [InlineData("""{"AutoExitNode":"any"}""", true)]
    [InlineData("""{"ExitNodeID":"","ExitNodeIP":""}""", false)]
    public void An_exit_node_is_wanted_by_id_by_address_or_any(string json, bool wanted) =>
        Assert.Equal(wanted, TailscalePrefsJson.Parse(json).WantsExitNode);

    [Fact]
    public void Output_that_is_not_json_is_an_error_that_names_its_program() => Assert.Equal(
        "tailscale debug prefs",
        Assert.Throws<TailSplitException>(() => TailscalePrefsJson.Parse("prefs?")).Failure.Target);
}
