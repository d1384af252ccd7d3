using System.Management.Automation;
using TailSplit.Core.Diagnosis;
using TailSplit.Core.Model;
using TailSplit.Output;
using TailSplit.Tests.Engine.Hosting;
using TailSplit.Tests.Fakes;
using TailSplit.Tests.Fakes.Docker;
using Xunit;

namespace TailSplit.Tests.Engine.Identity;

/// <summary>A network whose bridge leads to another network gets no policy that would let packets out there.</summary>
public sealed class BridgePortTests : IDisposable
{
    private static readonly Dictionary<string, string> s_closed = new() { ["tailsplit.policy"] = "killswitch" };

    private readonly Session _session = new();

    private FakeHost Host => _session.Host;

    public void Dispose() => _session.Dispose();

    [Fact]
    public void A_network_whose_bridge_has_the_lan_in_it_is_refused_everywhere()
    {
        Host.Add(new FakeNetwork("shut") { Subnet = ["172.30.0.0/16"], BridgeName = "br-shut", Labels = s_closed });
        Host.Routes.AddLink("lan0");
        Host.Routes.Masters["lan0"] = "br-shut";

        foreach (string script in (string[])[
            "New-TailSplitKillswitch shut", "Get-DockerNetwork shut | New-TailSplitKillswitch",
            "Get-DockerNetwork | Where-Object Name -EQ shut | New-TailSplitBypass", "Sync-TailSplitPolicy"])
        {
            ErrorRecord error = _session.Run(script)
                .AssertError("NetworkCannotHavePolicy", ErrorCategory.InvalidOperation);
            Assert.Contains("lan0", error.ErrorDetails.Message, StringComparison.Ordinal);
        }

        _session.Run("New-TailSplitKillswitch -Bridge br-shut")
            .AssertError("BridgeCannotHavePolicy", ErrorCategory.InvalidOperation);
        Assert.Equal(0, Host.Writes);
        DockerNetwork network = Assert.Single(_session.Run("Get-DockerNetwork shut").Of<DockerNetwork>());
        Assert.Contains("lan0", network.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void A_killswitch_of_which_the_bridge_gets_the_lan_later_stays_and_fails()
    {
        Host.Add(new FakeNetwork("shut") { Subnet = ["172.30.0.0/16"], BridgeName = "br-shut", Labels = s_closed });
        _session.Given($"Sync-TailSplitPolicy");
        string before = Host.Rules;
        Host.Routes.AddLink("lan0");
        Host.Routes.Masters["lan0"] = "br-shut";

        _session.Run("Sync-TailSplitPolicy").AssertError("NetworkCannotHavePolicy", ErrorCategory.InvalidOperation);

        Assert.Equal(before, Host.Rules);
        TailSplitCheck check = Check("Bridge");
        Assert.Equal(CheckStatus.Fail, check.Status);
        Assert.Contains("lan0", check.Detail, StringComparison.Ordinal);
        Assert.Equal([false], _session.Run("Test-TailSplitPolicy -Quiet").Of<bool>());
        TailSplitPolicy policy = Assert.Single(Policies());
        Assert.Equal(PolicyState.Degraded, policy.State);
        Assert.Contains("lan0", Assert.Single(policy.Missing), StringComparison.Ordinal);
        // The interfaces are seen without Docker too.
        Host.Docker.IsRunning = false;
        Assert.Equal(PolicyState.Degraded, Assert.Single(Policies()).State);
    }

    [Fact]
    public void A_gateway_that_is_taken_from_the_bridge_later_fails()
    {
        _session.Given($"New-TailSplitKillswitch torrents");
        Host.Routes.RemoveLink("br-torrents");
        Host.Routes.AddLink("br-torrents", "172.19.0.99/16");

        TailSplitCheck check = Check("Bridge");

        Assert.Equal(CheckStatus.Fail, check.Status);
        Assert.Contains("172.19.0.1", check.Detail, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("com.docker.network.bridge.inhibit_ipv4", "")]
    [InlineData("", "DefaultGatewayIPv4")]
    public void A_policy_for_a_network_whose_gateway_is_a_router_is_refused(string option, string auxiliary)
    {
        Host.Add(new FakeNetwork("routed")
        {
            Subnet = ["172.30.0.0/16"],
            Options = option.Length > 0 ? new() { [option] = "true" } : [],
            Auxiliary = auxiliary.Length > 0 ? new() { [auxiliary] = "172.30.0.200" } : [],
        });

        ErrorRecord error = _session.Run("New-TailSplitKillswitch routed")
            .AssertError("NetworkCannotHavePolicy", ErrorCategory.InvalidOperation);

        Assert.Contains("not this host", error.ErrorDetails.Message, StringComparison.Ordinal);
        Assert.Equal(0, Host.Writes);
    }

    private IReadOnlyList<TailSplitPolicy> Policies() => _session.Run("Get-TailSplitPolicy").AssertNoErrors().Policies;

    private TailSplitCheck Check(string name) => _session.Run("Test-TailSplitPolicy").Of<TailSplitCheck>()
        .Single(check => check.Check == name && check.Policy is not null);
}
