using System.Management.Automation;
using TailSplit.Output;
using TailSplit.Tests.Engine.Hosting;
using TailSplit.Tests.Fakes;
using TailSplit.Tests.Fakes.Docker;
using Xunit;

namespace TailSplit.Tests.Engine.Persistence;

/// <summary>A file whose networks, daemon or tunnel are not what they are taken for opens nothing.</summary>
public sealed class FileIdentityTests : IDisposable
{
    private readonly Session _session = new();
    private readonly TemporaryFolder _folder = new();

    public void Dispose()
    {
        _session.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public void Two_networks_of_one_name_are_distinguished_by_their_last_known_bridges()
    {
        (FakeNetwork first, FakeNetwork second) = Twins();
        string file = Write(Row("a", "twin", first.Bridge, "172.30.0.0/16"), Row("b", "twin", second.Bridge, "172.31.0.0/16"));

        _session.Run($"Sync-TailSplitPolicy {file}").AssertNoErrors();

        Assert.Equal([("a", first.Bridge), ("b", second.Bridge)], Policies().Select(policy => (policy.Name, policy.Bridge)));
        _session.Run($"Sync-TailSplitPolicy {file}").AssertNoErrors();
        Assert.All(Policies(), policy => Assert.Equal(PolicyState.Active, policy.State));
    }

    [Fact]
    public void A_row_with_the_id_needs_no_other_field()
    {
        (_, FakeNetwork second) = Twins();

        _session.Run($"Sync-TailSplitPolicy {Write(Row("b", second.Id))}").AssertNoErrors();

        Assert.Equal(second.Bridge, Assert.Single(Policies()).Bridge);
    }

    [Fact]
    public void A_name_that_became_two_networks_is_an_error_and_what_is_in_force_stays()
    {
        FakeNetwork first = new("twin") { Subnet = ["172.30.0.0/16"] };
        _session.Host.Add(first);
        string file = Write(Row("twin", "twin"));
        _session.Given($"Sync-TailSplitPolicy {file}");
        string before = _session.Host.Rules;
        _session.Host.Add(new FakeNetwork("twin") { Subnet = ["172.31.0.0/16"], Incarnation = 1 });

        _session.Run($"Sync-TailSplitPolicy {file}").AssertError("AmbiguousNetwork", ErrorCategory.InvalidArgument);

        Assert.Equal(before, _session.Host.Rules);
    }

    [Fact]
    public void Policies_in_force_stay_if_a_foreign_docker_daemon_answers()
    {
        string file = Write(Row("torrents", "torrents"));
        _session.Given($"Sync-TailSplitPolicy {file}");
        string before = _session.Host.Rules;
        _session.Host.Docker.Networks.Clear();
        _session.Host.Docker.Endpoint = "ssh://root@nas";

        _session.Run($"Sync-TailSplitPolicy {file}").AssertError("ForeignDocker", ErrorCategory.ResourceUnavailable);

        Assert.Equal(before, _session.Host.Rules);
    }

    [Fact]
    public void A_killswitch_whose_bridge_gets_the_lan_stays_in_force_with_an_error()
    {
        string file = Write(Row("torrents", "torrents"));
        _session.Given($"Sync-TailSplitPolicy {file}");
        string before = _session.Host.Rules;
        _session.Host.Routes.Masters["eth0"] = "br-torrents";

        _session.Run($"Sync-TailSplitPolicy {file}")
            .AssertError("NetworkCannotHavePolicy", ErrorCategory.InvalidOperation);

        Assert.Equal(before, _session.Host.Rules);
    }

    [Fact]
    public void A_killswitch_that_names_the_uplink_as_tunnel_is_closed_by_the_tunnel_with_an_error()
    {
        string file = Write("""{ "name": "torrents", "kind": "killswitch", "network": "torrents", "tunnelInterface": "eth0" }""");

        _session.Run($"Sync-TailSplitPolicy {file}").AssertError("NotATunnel", ErrorCategory.InvalidArgument);

        Assert.Equal("tailscale0", Assert.Single(Policies()).TunnelInterface);
    }

    private (FakeNetwork First, FakeNetwork Second) Twins()
    {
        FakeNetwork first = new("twin") { Subnet = ["172.30.0.0/16"] };
        FakeNetwork second = new("twin") { Subnet = ["172.31.0.0/16"], Incarnation = 1 };
        _session.Host.Add(first).Add(second);
        return (first, second);
    }

    private string Write(params string[] rows) => _folder.Write(
        "policy.json", $$"""{ "version": 1, "policies": [ {{string.Join(',', rows)}} ] }""");

    private static string Row(string name, string network) =>
        $$"""{ "name": "{{name}}", "kind": "killswitch", "network": "{{network}}" }""";

    private static string Row(string name, string network, string bridge, string subnet) =>
        $$$"""{ "name": "{{{name}}}", "kind": "killswitch", "network": "{{{network}}}", "lastKnown": { "bridge": "{{{bridge}}}", "subnets": ["{{{subnet}}}"] } }""";

    private IReadOnlyList<TailSplitPolicy> Policies() => _session.Run("Get-TailSplitPolicy").AssertNoErrors().Policies;
}
