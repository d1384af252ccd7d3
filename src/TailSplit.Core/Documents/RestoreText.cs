using System.Globalization;
using System.Text;
using TailSplit.Core.Compilation;
using TailSplit.Core.Iptables;
using TailSplit.Core.Model;
using TailSplit.Core.Planning;
using TailSplit.Core.Rules;
using TailSplit.Core.Text;

namespace TailSplit.Core.Documents;

/// <summary>
/// Policies as input for iptables-restore, ip6tables-restore and ip -batch: four sections in one text, for a host on
/// which no policy is in force. It is the plan that a New- cmdlet would commit there.
/// </summary>
public static class RestoreText
{
    private const string End = "# end";

    /// <param name="policies">The policies.</param>
    /// <param name="environment">What of the host decides how rules are spelled.</param>
    /// <param name="sites">
    /// Where jumps can go on the host that loads it, by family: (false, false) for one on which Docker has not started
    /// yet.
    /// </param>
    public static string Write(
        IEnumerable<Policy> policies, RuleEnvironment environment, Func<IpFamily, HookSites> sites)
    {
        Policy[] ordered = [.. policies.OrderBy(policy => policy.Name.ToString(), StringComparer.Ordinal)];
        StringBuilder text = new();
        text.Append("# TailSplit policies, for a host on which none is in force:\n");
        text.AppendJoin(
            "", ordered.Select(policy => $"#   {ChoiceText.Of(policy.Kind)} {policy.Name} ({policy.Target})\n"));
        text.Append("# Load each section with its program, in this order (FILE is this file):\n");
        PolicySet set = new([], environment);
        foreach (Policy policy in ordered)
        {
            if (set.Apply(new PutPolicy(policy, Force: true)) is Failure failure)
                throw failure.ToException();
        }

        Plan plan = Planner.Plan(Bare(environment, sites), set, environment);
        // A host without a program needs no section for it.
        (string Program, string Lines)[] sections =
            [.. Sections(plan, environment).Where(section => section.Lines.Length > 0)];
        foreach ((string program, _) in sections)
            text.Append(CultureInfo.InvariantCulture, $"#   sed -n '/^# {program}$/,/^{End}$/p' FILE | {program}\n");

        foreach ((string program, string lines) in sections)
            text.Append(CultureInfo.InvariantCulture, $"\n# {program}\n{lines}{End}\n");

        return text.ToString();
    }

    /// <summary>Where jumps can go on a host without TailSplit's rules.</summary>
    public static HookSites SitesWithoutOwn(LiveRules live, IpFamily family) =>
        Planner.Plan(live, []).Restore.GetValueOrDefault(family, "").Contains(
            $"\n-X {HookSites.DockerUser}\n", StringComparison.Ordinal)
            ? new HookSites(false, false)
            : live.Iptables.SitesOf(family);

    // A host with only the chains that decide where jumps go.
    private static LiveRules Bare(RuleEnvironment environment, Func<IpFamily, HookSites> sites) =>
        new(environment.Families.ToDictionary(family => family, family => sites(family).OnABareHost()), []);

    // Each program of the file, with its arguments.
    private static IEnumerable<(string Program, string Lines)> Sections(Plan plan, RuleEnvironment environment) =>
        ((string Program, string Lines)[])
        [
            .. environment.Families.Select(family =>
                ($"{family.Iptables()}-restore --noflush", plan.Restore.GetValueOrDefault(family, ""))),
            ("nft -f -", plan.Nftables),
            .. environment.Families.Select(family =>
                ($"ip {family.IpOption()} -batch -", plan.Batch.GetValueOrDefault(family, ""))),
        ];
}
