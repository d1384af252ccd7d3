using TailSplit.Core.Compilation;
using TailSplit.Core.Hosts;
using TailSplit.Core.Iptables;
using TailSplit.Core.Model;
using TailSplit.Core.Rules;

namespace TailSplit.Core.Diagnosis.Checks;

/// <summary>
/// The tunnel takes smaller packets (1280) than a bridge (1500). Connections between them must adapt when they open, or
/// large packets are lost where ICMP is filtered. Killswitches have a rule for it.
/// </summary>
internal sealed class MtuCheck : IHostCheck
{
    private static readonly string[] s_clamping = ["FORWARD", "POSTROUTING"];

    public string Name => "Mtu";

    public IEnumerable<CheckResult> Run(Host host)
    {
        if (host.Tunnel is not { Mtu: int mtu, Name: InterfaceName tunnel })
        {
            yield return CheckResult.Skipped(Name, "The tunnel is not up.");
            yield break;
        }

        Entering[] entering =
        [
            .. host.Killswitches.Select(policy => new Entering(
                policy.Policy.Name.ToString(),
                policy.Policy.Target.Bridge?.ToString(),
                policy.Policy.Target.Subnets,
                policy)),
            // Without a policy the internet is in the tunnel while the exit node is on.
            .. OpenNetwork.On(host)
                .Where(network => network.Policy is null && host.Tunnel.ExitNodeIsActive)
                .Select(network => new Entering(network.Name, network.Bridge, network.Subnets, null)),
        ];
        Entering[] larger =
            [
                .. entering.Where(
                    each => host.Routing.Interfaces.Any(link => link.Name == each.Bridge && link.Mtu > mtu)),
            ];
        (IpFamily Family, Entering Network)[] bare =
        [
            .. from family in host.Environment.Families
               where !Clamps(host.Live, family, tunnel)
               from each in larger
               where each.Subnets.Any(subnet => subnet.Family == family) && !IsClamped(each, family, host)
               select (family, each),
        ];
        yield return entering.Length == 0
            ? CheckResult.Pass(Name, $"No container sends to the internet by the tunnel, whose MTU is {mtu}.")
            : larger.Length == 0
                ? CheckResult.Pass(
                    Name,
                    $"The MTU of {ListText.Of(entering.Select(each => each.Name))} is not larger than the " +
                        $"tunnel's {mtu}.")
            : bare.Length == 0 ? CheckResult.Pass(Name, $"Connections into the tunnel adapt to its MTU {mtu}.")
            : CheckResult.Warn(
                Name,
                $"The tunnel's MTU is {mtu}, and that of " +
                    $"{ListText.Of(bare.Select(each => each.Network.Name).Distinct())} is larger: large packets may " +
                    "be lost where ICMP is filtered.",
                string.Join("; ", Remedies(bare, host, tunnel).Distinct()));
    }

    private static bool IsClamped(Entering network, IpFamily family, Host host) =>
        network.Policy is LivePolicy { Policy: KillswitchPolicy policy } live
        && SegmentSizeRules.AreInForce(host.Live, policy, family)
        && !host.Assessment.Gaps(live).Any(gap => gap.Kind == GapKind.Unclamped);

    private static IEnumerable<string> Remedies(
        IEnumerable<(IpFamily Family, Entering Network)> bare, Host host, InterfaceName tunnel)
    {
        foreach ((IpFamily family, Entering network) in bare)
        {
            if (network.Policy is null)
            {
                yield return IptablesCommands.Clamp(host.Firewall.Variant.Program(family), tunnel);
                continue;
            }

            if (!host.Environment.ClampsMss && network.Policy.Policy.Backend != FirewallBackend.Nftables)
                yield return "modprobe xt_TCPMSS";

            yield return PolicyCommand.Apply(network.Policy.Policy);
        }
    }

    private static bool Clamps(LiveRules live, IpFamily family, InterfaceName tunnel) =>
        s_clamping.Any(chain => live.Iptables.Saved(family).Find(IptablesTable.Mangle, chain)?.Rules.Any(rule =>
            IptablesSpecification.Parse(rule.Specification) is IptablesSpecification specification
            && specification.Uses("TCPMSS")
            && (specification.Out is null || specification.Out == tunnel)) == true);

    // Policy: the killswitch; null for a network without one.
    private sealed record Entering(string Name, string? Bridge, IReadOnlyList<Cidr> Subnets, LivePolicy? Policy);
}
