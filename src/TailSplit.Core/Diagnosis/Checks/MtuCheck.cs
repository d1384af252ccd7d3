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

        string[] larger = [.. host.Killswitches
            .Where(policy => host.Interfaces.Any(link => link.Name == policy.Policy.Target.Bridge?.ToString() && link.Mtu > mtu))
            .Select(policy => policy.Policy.Name.ToString())];
        IpFamily[] bare = [.. host.Environment.Rules.Families.Where(family =>
            host.Killswitches.Any(policy => policy.Policy.Target.SubnetsOf(family).Any()) && !Clamps(host.Live, family, tunnel))];
        yield return larger.Length == 0 ? CheckResult.Pass(Name, $"No killswitch leads from a larger MTU into the tunnel's {mtu}.")
            : bare.Length == 0 ? CheckResult.Pass(Name, $"Connections into the tunnel are told of its MTU {mtu}.")
            : CheckResult.Warn(
                Name, $"The tunnel's MTU is {mtu}, that of {Sentence.List(larger)} larger: large answers may be lost.",
                string.Join("; ", bare.Select(family =>
                    $"{host.IptablesOf(family)} -t mangle -A FORWARD -o {tunnel} -p tcp -m tcp --tcp-flags SYN,RST SYN -j TCPMSS --clamp-mss-to-pmtu")));
    }

    private static bool Clamps(LiveRules live, IpFamily family, InterfaceName tunnel) =>
        ((string[])["FORWARD", "POSTROUTING"]).Any(chain => live.Saved(family).Find(FirewallTable.Mangle, chain)?.Rules.Any(rule =>
            RuleSpecification.Parse(rule.Specification) is RuleSpecification specification
            && specification.Target.StartsWith("-j TCPMSS", StringComparison.Ordinal)
            && (specification.Out is null || specification.Out == tunnel)) == true);
}
