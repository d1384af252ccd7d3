using TailSplit.Core.Compilation;
using TailSplit.Core.Foreign;
using TailSplit.Core.Hosts;
using TailSplit.Core.Iptables;
using TailSplit.Core.Model;
using TailSplit.Core.Rules;

namespace TailSplit.Core.Diagnosis.Checks;

/// <summary>
/// DOCKER-USER, which holds killswitches and the rules of many others, is reached from FORWARD, or a jump of TailSplit
/// is.
/// </summary>
internal sealed class DockerUserCheck : IHostCheck
{

    public string Name => "DockerUser";

    public IEnumerable<CheckResult> Run(Host host)
    {
        LivePolicy[] open = [.. host.Killswitches
            .Where(policy => host.Assessment.Gaps(policy).Any(gap => gap.Kind == GapKind.Unreached))];
        IpFamily[] families = [.. host.Environment.Families];
        IpFamily[] there =
        [
            .. families.Where(
                family => host.Live.Iptables.Saved(family).Find(
                    IptablesTable.Filter, HookSites.DockerUser) is not null),
        ];
        IpFamily[] unreached = [.. there.Where(family => !host.Live.Iptables.SitesOf(family).DockerUserReached)];
        IpFamily[] dead = [.. unreached.Where(family => Others(host.Live, family).Any())];
        yield return host.Live.Iptables.Unreadable.Any(each => each.Table.Name == IptablesTable.Filter.NameOf())
            ? CheckResult.Skipped(Name, "The jumps of FORWARD can't be read: see Tables.")
            : open.Length > 0 ? Unreached(open, host)
            : dead.Length > 0 ? Dead(dead, host)
            : there.Length == 0 ? Without(host, families)
            : unreached.Length == 0
                ? CheckResult.Pass(Name, $"FORWARD jumps to DOCKER-USER first ({ListText.Of(there)}).")
            : CheckResult.Pass(
                Name, $"FORWARD does not jump to DOCKER-USER ({ListText.Of(unreached)}), which has no rules.");
    }

    private CheckResult Unreached(LivePolicy[] open, Host host)
    {
        string names = ListText.Of(open.Select(policy => policy.Policy.Name));
        string remedy = string.Join("; ", open.Select(policy => PolicyCommand.Apply(policy.Policy)));
        // If Docker moved to the other store, the rules in the old one still apply.
        return open.All(policy => IsHeldThere(policy.Policy, host))
            ? CheckResult.Warn(
                Name,
                $"The firewall rules of {names} are in iptables{host.Firewall.OtherVariant.Suffix()}, where Docker's " +
                    "were before. The remedy writes them to Docker's current store and removes TailSplit's old ones.",
                remedy)
            : CheckResult.Fail(
                Name,
                "FORWARD jumps neither to TailSplit nor, before it accepts packets, to DOCKER-USER: only ip rules " +
                    $"close {names}. The remedy adds a jump of TailSplit to FORWARD.",
                remedy);
    }

    private static bool IsHeldThere(Policy policy, Host host) =>
        policy.Target.Subnets.Select(subnet => subnet.Family).Distinct().All(family =>
            host.Firewall.OtherOf(family) is SavedRuleset hidden
            && hidden.Find(IptablesTable.Filter, OwnChains.Of(policy.Kind, policy.Name)) is { Rules.Count: > 0 }
            && (Leads(hidden, HookSites.Forward)
                    || (HookSites.Of(hidden).DockerUserReached && Leads(hidden, HookSites.DockerUser))));

    private static bool Leads(SavedRuleset saved, string chain) =>
        saved.Find(IptablesTable.Filter, chain)?.Rules.Any(rule =>
        IptablesSpecification.Parse(rule.Specification).JumpsTo(OwnChains.Killswitch)) == true;

    private CheckResult Dead(IpFamily[] families, Host host)
    {
        ForeignOwner[] owners = [.. families
            .SelectMany(family => Others(host.Live, family))
            .Select(rule => ForeignFirewallRules.OwnerOf(HookSites.DockerUser, rule))
            .Distinct()];
        // As Docker itself does when it starts. An existing jump that comes too late is Docker's and stays.
        string[] missing = [.. families
            .Where(family => !HasJump(host.Live, family))
            .Select(family => IptablesCommands.JumpToDockerUser(host.Firewall.Variant.Program(family)))];
        return CheckResult.Warn(
            Name, $"DOCKER-USER has rules that no packet reaches ({ListText.Of(families)}), of {ListText.Of(owners)}. "
                + (missing.Length > 0
                        ? "The remedy adds Docker's own jump, so that they apply."
                        : "Docker puts its jump first again when it restarts, which can stop containers."),
            missing.Length > 0 ? string.Join("; ", missing) : null);
    }

    private CheckResult Without(Host host, IpFamily[] families)
    {
        IpFamily[] own = [.. families.Where(family => Leads(host.Live.Iptables.Saved(family), HookSites.Forward))];
        return own.Length > 0
            ? CheckResult.Pass(
                Name, $"The chain DOCKER-USER does not exist; FORWARD jumps to TailSplit ({ListText.Of(own)}).")
            : CheckResult.Skipped(
                Name, $"The chain DOCKER-USER does not exist ({ListText.Of(families)}): Docker did not create it.");
    }

    // Engines before 28.2.2 append a RETURN; our own jump counts as reached where FORWARD has one of TailSplit's too.
    private static IEnumerable<IptablesSpecification> Others(LiveRules live, IpFamily family) =>
        (live.Iptables.Saved(family).Find(IptablesTable.Filter, HookSites.DockerUser)?.Rules ?? [])
            .Select(rule => IptablesSpecification.Parse(rule.Specification))
            .Where(rule => !rule.JumpsTo("RETURN") && rule.OwnChain is null);

    private static bool HasJump(LiveRules live, IpFamily family) =>
        live.Iptables.Saved(family).Find(IptablesTable.Filter, HookSites.Forward)?.Rules.Any(rule =>
            IptablesSpecification.Parse(rule.Specification).JumpsTo(HookSites.DockerUser)) == true;
}
