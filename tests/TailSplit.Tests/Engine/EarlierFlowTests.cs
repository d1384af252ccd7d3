using TailSplit.Tests.Engine.Hosting;
using TailSplit.Tests.Fakes;
using Xunit;

namespace TailSplit.Tests.Engine;

/// <summary>Connections from before a killswitch, as conntrack lists and deletes them.</summary>
public sealed class EarlierFlowTests : IDisposable
{
    private const string Past =
        "udp      17 20 src=172.19.0.2 dst=198.51.100.9 sport=5000 dport=53 " +
        "src=198.51.100.9 dst=192.168.1.10 sport=53 dport=5000 mark=0 use=1";

    private const string Through =
        "udp      17 20 src=172.19.0.2 dst=198.51.100.9 sport=5001 dport=53 " +
        "src=198.51.100.9 dst=100.101.102.103 sport=53 dport=5001 mark=0 use=1";

    private const string Past6 =
        "icmpv6   58 20 src=fd00:19::2 dst=2001:db8::1 type=128 code=0 id=7 " +
        "src=2001:db8::1 dst=fd00:1::10 type=129 code=0 id=7 mark=0 use=1";

    private readonly Session _session = new();

    private FakeHost Host => _session.Host;

    private string[] Lists =>
        [.. Host.Calls.Select(call => call.ToString()).Where(call => call.StartsWith("conntrack -L", StringComparison.Ordinal))];

    public void Dispose() => _session.Dispose();

    [Fact]
    public void Connections_past_the_tunnel_are_ended_and_those_through_it_stay()
    {
        Host.Conntrack.Entries.AddRange([Past, Through, Past6]);

        Run("New-TailSplitKillswitch torrents");

        Assert.Equal([Through], Host.Conntrack.Entries);
    }

    [Fact]
    public void One_list_is_read_for_both_families()
    {
        Host.Conntrack.Entries.AddRange([Past, Through, Past6]);

        Run("New-TailSplitKillswitch torrents");

        Assert.Equal(["conntrack -L"], Lists);
    }

    [Theory]
    [InlineData("v1.4.5")]
    [InlineData("v1.4.6")]
    [InlineData("of its own")]
    public void A_conntrack_that_may_list_one_family_is_asked_for_each(string version)
    {
        Host.Conntrack.Version = version;
        Host.Conntrack.Entries.AddRange([Past, Through, Past6]);

        Run("New-TailSplitKillswitch torrents");

        Assert.Equal([Through], Host.Conntrack.Entries);
        Assert.Equal(["conntrack -L", "conntrack -L -f ipv4", "conntrack -L -f ipv6"], Lists.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Of_a_network_without_ipv6_there_is_no_ipv6_connection_to_look_for()
    {
        string past = Past.Replace("172.19.", "172.18.", StringComparison.Ordinal);
        Host.Conntrack.Entries.AddRange([past, Past6]);

        Run("New-TailSplitKillswitch media");

        Assert.Equal([Past6], Host.Conntrack.Entries);
        Assert.Equal(["conntrack -L -f ipv4"], Lists);
    }

    [Fact]
    public void Where_one_network_of_several_has_ipv6_both_families_are_looked_at()
    {
        Host.Conntrack.Entries.AddRange([Past, Through, Past6]);

        Run("New-TailSplitKillswitch media, torrents");

        Assert.Equal([Through], Host.Conntrack.Entries);
        Assert.Equal(["conntrack -L"], Lists);
    }

    private void Run(string script) => _session.Run(script).AssertNoErrors();
}
