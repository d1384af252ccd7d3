using System.Globalization;
using System.Text.RegularExpressions;
using TailSplit.Core.Iptables;
using TailSplit.Core.Model;
using TailSplit.Core.Rules;

namespace TailSplit.Core.Compilation;

/// <summary>
/// mangle FORWARD: what begins a TCP connection through the tunnel says how large a segment may be, so that no answer
/// depends on ICMP errors that somebody on its way filters. It decides about no packet: a host whose kernel can't do it
/// has its killswitches without it, and their rules say so.
/// </summary>
public static partial class MssClamp
{
    /// <summary>
    /// What begins a connection. The kernel takes the target for nothing else (net/netfilter/xt_TCPMSS.c,
    /// tcpmss_tg4_check).
    /// </summary>
    public const string Beginning = "-p tcp -m tcp --tcp-flags SYN,RST SYN";

    // The lower one of the MTUs of the packet's way and of the way back to its sender (xt_TCPMSS.c,
    // tcpmss_mangle_packet), so one target serves both directions, and any MTU that the tunnel gets.
    private const string Target = "-j TCPMSS --clamp-mss-to-pmtu";

    private const string Without = " mss=none";

    internal static IEnumerable<IptablesRule> Rules(KillswitchPolicy policy, IpFamily family)
    {
        string comment = RuleOwner.Of(policy).Brief.ToString();
        Cidr[] subnets = [.. policy.Target.SubnetsOf(family)];
        if (subnets.Length == 0)
            yield break;

        if (policy.Target.Bridge is InterfaceName bridge)
        {
            yield return Rule(new() { In = bridge, Out = policy.Tunnel, Target = Target });
            yield return Rule(new() { In = policy.Tunnel, Out = bridge, Target = Target });
            yield break;
        }

        foreach (Cidr subnet in subnets)
        {
            yield return Rule(new() { Source = subnet, Out = policy.Tunnel, Target = Target });
            yield return Rule(new() { Destination = subnet, In = policy.Tunnel, Target = Target });
        }

        IptablesRule Rule(IptablesSpecification specification) => new(
            family, IptablesTable.Mangle, OwnChains.Mss,
            specification with { Matches = Beginning, Comment = comment });
    }

    /// <summary>The comment of a killswitch's last rule, which says so where the policy has no clamp.</summary>
    internal static string LastComment(RuleOwner owner, RuleEnvironment environment) =>
        environment.ClampsMss ? owner.Brief.ToString() : owner.Brief + Without;

    /// <summary>
    /// Whether the rules of a host let killswitches have the clamp: none says that it was refused, and mangle can be
    /// read.
    /// </summary>
    public static bool IsPossible(LiveRules live) =>
        !live.Chains.Values.Any(rules => rules.Count > 0 && IsLeftOut(rules[^1].Rule))
        && !live.Unreadable.Any(each => each.Table.Name == IptablesTable.Mangle.NameOf()
            && !live.Chains.ContainsKey(new ChainKey(each.Family, IptablesTable.Mangle, OwnChains.Mss)));

    /// <summary>Whether it is the last rule of a killswitch, and says that the policy has no clamp.</summary>
    public static bool IsLeftOut(Rule rule) =>
        rule is IptablesRule { Specification: IptablesSpecification specification }
        && specification.Comment?.EndsWith(Without, StringComparison.Ordinal) == true
        && specification.Owner?.Kind == PolicyKind.Killswitch;

    /// <summary>Whether the policy's connections are told of the tunnel's MTU, in this family.</summary>
    internal static bool IsIn(LiveRules live, KillswitchPolicy policy, IpFamily family) =>
        live.Hooks.Any(hook => hook.Rule.Family == family && IsJump(hook.Rule))
        && (live.Chains.GetValueOrDefault(new ChainKey(family, IptablesTable.Mangle, OwnChains.Mss)) ?? []).Exists(rule =>
            rule.Rule.Specification.Owner?.Name == policy.Name && rule.Rule.Specification.Out == policy.Tunnel);

    internal static bool IsJump(IptablesRule rule) => rule.Specification.Target == $"-j {OwnChains.Mss}";

    /// <summary>
    /// Whether iptables-restore refused a text because of the clamp: "line 30 failed" is all that an old one says.
    /// </summary>
    public static bool IsRefused(string text, string complaint)
    {
        string[] lines = text.Split('\n');
        int mangle = Array.IndexOf(lines, $"*{IptablesTable.Mangle.NameOf()}");
        // A kernel that is short of memory, or another writer, says nothing about the target.
        if (mangle < 0 || !text.Contains(Target, StringComparison.Ordinal)
            || complaint.Contains("temporarily unavailable", StringComparison.Ordinal))
        {
            return false;
        }

        return ((string[])["TCPMSS", "clamp-mss", OwnChains.Mss, IptablesTable.Mangle.NameOf()]).Any(
                word => complaint.Contains(word, StringComparison.Ordinal))
            || Line().Matches(complaint).Any(line =>
                int.TryParse(line.Groups[1].ValueSpan, CultureInfo.InvariantCulture, out int number) && number > mangle);
    }

    [GeneratedRegex("\\bline:? ([0-9]+)", RegexOptions.CultureInvariant)]
    private static partial Regex Line();
}
