using System.Collections.Immutable;
using TailSplit.Core.Model;

namespace TailSplit.Tests.Core.Generators;

/// <summary>Short ways to write domain values down.</summary>
internal static class Samples
{
    public static InterfaceName Tunnel { get; } = InterfaceName.Parse("tailscale0");

    public static InterfaceName Bridge { get; } = InterfaceName.Parse("br-0123456789ab");

    public static ImmutableArray<Cidr> Cidrs(params IEnumerable<string> texts) =>
        Cidr.Normalise(texts.Select(Cidr.Parse));

    public static PolicyTarget Target(string? bridge, params IEnumerable<string> subnets) => new()
    {
        Network = null,
        Bridge = bridge is null ? null : InterfaceName.Parse(bridge),
        Subnets = Cidrs(subnets),
    };

    public static PolicyTarget Network(string name, string bridge, params IEnumerable<string> subnets) =>
        Target(bridge, subnets) with { Network = PolicyName.Parse(name) };

    public static KillswitchPolicy Killswitch(string name, PolicyTarget target) =>
        new() { Name = PolicyName.Parse(name), Target = target, Tunnel = Tunnel, Backend = FirewallBackend.Iptables };

    public static BypassPolicy Bypass(string name, PolicyTarget target) =>
        new() { Name = PolicyName.Parse(name), Target = target, Tunnel = Tunnel, Backend = FirewallBackend.Iptables };
}
