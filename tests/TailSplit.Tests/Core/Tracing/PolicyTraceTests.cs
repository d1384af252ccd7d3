using TailSplit.Core.Model;
using TailSplit.Core.Rules;
using TailSplit.Core.Tracing;
using TailSplit.Tests.Core.ModelKernel;
using Xunit;

namespace TailSplit.Tests.Core.Tracing;

/// <summary>
/// The contract of docs/traffic.md, by the trace, over what the model kernel holds once policies were applied to it.
/// </summary>
public sealed class PolicyTraceTests
{
    private static readonly PolicyTarget s_target = new()
    {
        Bridge = InterfaceName.Parse("br-a"),
        Subnets = Scene.Network,
    };

    [Theory]
    [InlineData(Mechanism.Mark, "1.1.1.1", Egress.Direct, "MARK")]
    [InlineData(Mechanism.Route, "1.1.1.1", Egress.Direct, " iif br-a lookup main protocol 84")]
    [InlineData(Mechanism.Mark, "10.0.0.20", Egress.Direct, "lookup main suppress_prefixlength 7")]
    [InlineData(Mechanism.Route, "10.77.0.1", Egress.Tunnel, "lookup 52 suppress_prefixlength 0")]
    [InlineData(Mechanism.Mark, "9.9.9.9", Egress.Tunnel, "to 9.9.9.9/32")]
    public void A_bypass_leaves_by_the_isp(Mechanism mechanism, string destination, Egress egress, string rule)
    {
        BypassPolicy policy = new()
        {
            Name = PolicyName.Parse("a"),
            Target = s_target,
            Tunnel = TunnelProvider.Tailscale.Interface,
            Mechanism = mechanism,
            Exclude = [Cidr.Parse("9.9.9.9")],
        };

        PacketTrace trace = With(policy).Trace(destination);

        Assert.Equal(egress, trace.Egress);
        Assert.Contains(rule, trace.Responsible!.CommandLine, StringComparison.Ordinal);
        Assert.True(trace.Responsible.IsOwn);
    }

    [Theory]
    [InlineData("both", "1.1.1.1", "172.30.1.2", Egress.Tunnel, "lookup 52")]
    [InlineData("both", "10.0.0.20", "172.30.1.2", Egress.Blocked, "prohibit")]
    [InlineData("both", "203.0.113.1", "172.30.1.2", Egress.Tunnel, "lookup 52")]
    [InlineData("both", "10.0.0.9", "172.30.1.2", Egress.Direct, "to 10.0.0.9/32")]
    [InlineData("both", "1.1.1.1", "8.8.8.8", Egress.Blocked, "blackhole")]
    [InlineData("routing", "10.0.0.20", "172.30.1.2", Egress.Blocked, "prohibit")]
    [InlineData("firewall", "10.0.0.20", "172.30.1.2", Egress.Blocked, "-j DROP")]
    [InlineData("firewall", "10.0.0.9", "172.30.1.2", Egress.Direct, "lookup main")]
    [InlineData("firewall", "10.77.0.1", "172.30.1.2", Egress.Tunnel, "lookup 52")]
    public void A_killswitch_holds_by_either_layer(
        string layers, string destination, string source, Egress egress, string rule)
    {
        KillswitchPolicy policy = new()
        {
            Name = PolicyName.Parse("a"),
            Target = s_target,
            Tunnel = TunnelProvider.Tailscale.Interface,
            AllowDestination = [Cidr.Parse("10.0.0.9")],
        };
        Scene scene = With(policy);
        foreach (OwnPlace place in scene.Kernel!.Own().Reverse().Where(
            place => place.Routing is null ? layers == "routing" : layers == "firewall"))
            scene.Kernel!.TakeOut(place);

        PacketTrace trace = scene.Trace(destination, source: source);

        Assert.Equal(egress, trace.Egress);
        Assert.Contains(rule, trace.Responsible!.CommandLine, StringComparison.Ordinal);
        Assert.Empty(trace.Unsure);
    }

    private static Scene With(Policy policy)
    {
        KernelModel kernel = new();
        kernel.Routing[IpFamily.IPv4].Run("rule add pref 5210 fwmark 0x80000/0xff0000 lookup 254");
        kernel.Routing[IpFamily.IPv4].Run("rule add pref 5270 lookup 52");
        kernel.Put(RuleEnvironment.Usual, policy);
        return new Scene { Kernel = kernel };
    }
}
