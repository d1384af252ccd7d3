using TailSplit.Core.Compilation;
using TailSplit.Core.Model;
using TailSplit.Core.Planning;
using TailSplit.Core.Rules;
using TailSplit.Core.Text;

namespace TailSplit.Core.Diagnosis.Checks;

/// <summary>
/// DOCKER-USER, which holds killswitches and the rules of many others, is reached from FORWARD, or a jump of ours is.
/// </summary>
internal sealed class DockerUserCheck : IHostCheck
{
    private const string Jump = $"FORWARD -j {HookSites.DockerUser}";

    public string Name => "DockerUser";

    public IEnumerable<CheckResult> Run(HostSnapshot host)
    {
        string[] open = [.. host.Killswitches
            .Where(policy => host.Assessment.Gaps(policy).Any(gap => gap.Kind == GapKind.Unreached))
            .Select(policy => policy.Policy.Name.ToString())];
        IpFamily[] unreached = [.. host.Environment.Rules.Families.Where(family => IsUnreached(host.Live, family))];
        if (open.Length > 0)
        {
            yield return CheckResult.Fail(
                Name, $"FORWARD does not lead to DOCKER-USER before packets pass, nor to TailSplit: {Sentence.List(open)} closed by routing alone.",
                Remedy(host, unreached));
        }
        else if (unreached.Where(family => HoldsRules(host.Live, family)).ToArray() is { Length: > 0 } dead)
        {
            yield return CheckResult.Warn(
                Name, $"DOCKER-USER has rules that no packet reaches ({Sentence.List(dead)}).", Remedy(host, dead));
        }
        else
        {
            yield return CheckResult.Pass(
                Name, unreached.Length == 0 ? "FORWARD leads to DOCKER-USER first of all." : "DOCKER-USER is not reached, and holds nothing that would have to be.");
        }
    }

    private static bool IsUnreached(LiveRules live, IpFamily family) =>
        live.SitesOf(family) is { DockerUserExists: true, DockerUserReached: false };

    // Engines before 28.2.2 append a RETURN; our own jump counts as reached where FORWARD has one of ours too.
    private static bool HoldsRules(LiveRules live, IpFamily family) =>
        live.Saved(family).Find(FirewallTable.Filter, HookSites.DockerUser)?.Rules.Any(rule =>
            RuleSpecification.Parse(rule.Specification) is { Target: not "-j RETURN" } specification
            && !(specification.Target.Length > 3 && OwnChains.IsOwn(specification.Target.AsSpan(3)))) == true;

    // As Docker itself does when it starts: the jump is deleted, and inserted at the top.
    private static string Remedy(HostSnapshot host, IEnumerable<IpFamily> families) => string.Join("; ", families.Select(family =>
    {
        string iptables = host.IptablesOf(family);
        SavedChain? forward = host.Live.Saved(family).Find(FirewallTable.Filter, HookSites.Forward);
        bool isThere = forward?.Rules.Any(rule => RuleSpecification.Parse(rule.Specification).ToString() == $"-j {HookSites.DockerUser}") == true;
        return $"{(isThere ? $"{iptables} -D {Jump}; " : "")}{iptables} -I {Jump}";
    }));
}
