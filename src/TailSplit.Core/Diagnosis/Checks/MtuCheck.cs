using TailSplit.Core.Compilation;
using TailSplit.Core.Model;
using TailSplit.Core.Rules;

namespace TailSplit.Core.Diagnosis.Checks;

/// <summary>
/// The tunnel takes smaller packets (1280) than a bridge (1500). Connections that go from one to the other should say
/// so when they begin, or large answers are lost wherever ICMP is filtered on their way.
/// </summary>
internal sealed class MtuCheck : IHostCheck
{
    public string Name => "Mtu";

    public IEnumerable<CheckResult> Run(HostSnapshot host)
    {
        if (host.Environment is not { TunnelMtu: int mtu, Tunnel: InterfaceName tunnel })
        {
            yield return CheckResult.Skipped(Name, "The tunnel is not up.");
            yield break;
        }

        (string Name, string? Bridge, IReadOnlyList<Cidr> Subnets)[] entering =
        [
            .. host.Killswitches.Select(policy =>
                (policy.Policy.Name.ToString(), policy.Policy.Target.Bridge?.ToString(), policy.Policy.Target.Subnets)),
            // Without a policy the internet is in the tunnel while the exit node is on.
            .. OpenNetwork.On(host)
                .Where(network => network.Policy is null && host.Environment.ExitNodeIsActive)
                .Select(network => (network.Name, (string?)network.Bridge, network.Subnets)),
        ];
        (string Name, string? Bridge, IReadOnlyList<Cidr> Subnets)[] larger =
            [.. entering.Where(each => host.Interfaces.Any(link => link.Name == each.Bridge && link.Mtu > mtu))];
        IpFamily[] bare = [.. host.Environment.Rules.Families.Where(family =>
            larger.Any(each => each.Subnets.Any(subnet => subnet.Family == family)) && !Clamps(host.Live, family, tunnel))];
        yield return entering.Length == 0 ? CheckResult.Pass(Name, $"No container sends to the internet by the tunnel, whose MTU is {mtu}.")
            : larger.Length == 0 ? CheckResult.Pass(Name, $"{Sentence.List(entering.Select(each => each.Name))} {(entering.Length == 1 ? "has" : "have")} no larger MTU than the tunnel's {mtu}.")
            : bare.Length == 0 ? CheckResult.Pass(Name, $"Connections into the tunnel are told of its MTU {mtu}.")
            : CheckResult.Warn(
                Name, $"The tunnel's MTU is {mtu}, that of {Sentence.List(larger.Select(each => each.Name))} larger: large answers may be lost wherever ICMP is filtered.",
                string.Join("; ", bare.Select(family =>
                    $"{host.IptablesOf(family)} -t mangle -A FORWARD -o {tunnel} -p tcp -m tcp --tcp-flags SYN,RST SYN -j TCPMSS --clamp-mss-to-pmtu")));
    }

    private static bool Clamps(LiveRules live, IpFamily family, InterfaceName tunnel) =>
        ((string[])["FORWARD", "POSTROUTING"]).Any(chain => live.Saved(family).Find(FirewallTable.Mangle, chain)?.Rules.Any(rule =>
            RuleSpecification.Parse(rule.Specification) is RuleSpecification specification
            && specification.Target.StartsWith("-j TCPMSS", StringComparison.Ordinal)
            && (specification.Out is null || specification.Out == tunnel)) == true);
}
