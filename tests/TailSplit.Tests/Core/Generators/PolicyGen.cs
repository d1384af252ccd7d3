using System.Collections.Immutable;
using CsCheck;
using TailSplit.Core.Model;

namespace TailSplit.Tests.Core.Generators;

/// <summary>Policies that PolicyValidator.Check lets through, each on ground of its own.</summary>
internal static class PolicyGen
{
    private const string NameCharacters = "abcXYZ019_.-";

    private static readonly string[] s_destinations =
        [
            "192.168.1.0/24", "203.0.113.7", "198.51.100.0/24", "172.16.0.0/12", "fd12:3456::/48", "2001:db8::1",
            "2a00::/16"
        ];

    private static readonly Gen<InterfaceName> s_tunnels =
        Gen.OneOf("tailscale0", "ts-uplink").Select(InterfaceName.Parse);

    private static readonly Gen<PolicyOrigin> s_origins =
        Gen.OneOf(PolicyOrigin.ByHand, PolicyOrigin.Labels, PolicyOrigin.OfFile("/etc/tailsplit/policy.json"));

    private static readonly Gen<string> s_tails = Gen.OneOf(
        Gen.Char[NameCharacters].Array[0, 12].Select(characters => new string(characters)),
        Gen.Char[NameCharacters].Array[30, 77].Select(characters => new string(characters)),
        // Equal in all that fits into a chain's name.
        Gen.Const(new string('x', 60)));

    /// <summary>Up to five policies, none of which overlaps another.</summary>
    public static Gen<Policy[]> Sets { get; } = Gen.Int[0, 5].SelectMany(count => SetOf(count));

    public static Gen<Policy[]> NonEmptySets { get; } = Gen.Int[1, 5].SelectMany(count => SetOf(count));

    public static Gen<Policy[]> SetOf(int count) =>
        Enumerable.Range(0, count).Aggregate(
            Gen.Const(Array.Empty<Policy>()),
            (all, slot) => Gen.Select(all, At(slot), (some, one) => some.Append(one).ToArray()));

    /// <summary>A policy on the ground of this slot; two of the same slot overlap, others don't.</summary>
    public static Gen<Policy> At(int slot) =>
        Gen.Select(Targets(slot), Names(slot), s_tunnels, s_origins).SelectMany((target, name, tunnel, origin) =>
            Gen.OneOf<Policy>(Killswitches(name, target, tunnel), Bypasses(name, target, tunnel))
                .Select(policy => policy with { Origin = origin }));

    private static Gen<PolicyName> Names(int slot) =>
        s_tails.Select(tail => PolicyName.Parse($"{(char)('a' + slot)}{slot}{tail}"));

    private static Gen<PolicyTarget> Targets(int slot)
    {
        string bridge = $"br-{slot:d12}";
        string[] four = [$"10.{slot}.0.0/16"];
        string[] fours = [$"10.{slot}.0.0/17", $"10.{slot}.192.0/18"];
        string[] six = [$"fd00:{slot}::/64"];
        Gen<PolicyTarget> withBridge = Gen.OneOf<string[]>([.. four, .. six], four, six, [.. fours, .. six], fours)
            .Select(subnets => Samples.Target(bridge, subnets));
        return Gen.OneOf(
            withBridge,
            Gen.Select(withBridge, s_tails)
                .Select((target, tail) => target with { Network = PolicyName.Parse($"n{slot}{tail}") }),
            Gen.OneOf<string[]>(four, six, [.. four, .. six], fours).Select(subnets => Samples.Target(null, subnets)));
    }

    private static Gen<Policy> Killswitches(PolicyName name, PolicyTarget target, InterfaceName tunnel) =>
        Gen.Select(Destinations(target), Gen.Bool, Gen.Enum<BlockAction>(), Gen.Bool, Servers(target))
            .Select(Policy (allowed, published, action, host, servers) =>
                new KillswitchPolicy
                {
                    Name = name,
                    Target = target,
                    Tunnel = tunnel,
                    Backend = FirewallBackend.Iptables,
                    AllowDestination = allowed,
                    AllowPublishedPort = published,
                    Action = action,
                    BlockHost = host,
                    DnsServer = servers,
                });

    private static Gen<ImmutableArray<Cidr>> Servers(PolicyTarget target) => Gen
        .OneOf<ImmutableArray<Cidr>>(
            [], [], Samples.Cidrs("9.9.9.9"), Samples.Cidrs("2620:fe::fe"), Samples.Cidrs("9.9.9.9", "2620:fe::fe"),
            [KillswitchPolicy.NoDns])
        .Select(servers => (ImmutableArray<Cidr>)(servers.Contains(KillswitchPolicy.NoDns)
            || servers.All(server => target.SubnetsOf(server.Family).Any()) ? servers : []));

    private static Gen<Policy> Bypasses(PolicyName name, PolicyTarget target, InterfaceName tunnel) =>
        Gen.Select(Destinations(target), Gen.Enum<Mechanism>()).Select(Policy (excluded, mechanism) =>
            new BypassPolicy
            {
                Name = name,
                Target = target,
                Tunnel = tunnel,
                Backend = FirewallBackend.Iptables,
                Exclude = excluded,
                Mechanism = mechanism
            });

    // Of families in which the network has a subnet; others have no effect, and ReadableOptionTests are about them.
    private static Gen<ImmutableArray<Cidr>> Destinations(PolicyTarget target) =>
        Gen.OneOf(s_destinations).Array[0, 4].Select(texts => Samples.Cidrs(texts)
            .Where(cidr => target.SubnetsOf(cidr.Family).Any())
            .ToImmutableArray());
}
