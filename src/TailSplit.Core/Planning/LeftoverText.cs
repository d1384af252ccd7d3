using TailSplit.Core.Iptables;
using TailSplit.Core.Model;
using TailSplit.Core.Rules;

namespace TailSplit.Core.Planning;

/// <summary>
/// Describes rules that remain after a failed change, and the commands that remove them.
/// </summary>
public static class LeftoverText
{
    private const int Shown = 3;

    /// <param name="left">The rules that are there.</param>
    /// <param name="missing">The rules that are not.</param>
    /// <param name="iptables">The program of a family: <c>iptables</c>, <c>ip6tables-legacy</c>.</param>
    public static string Of(
        IReadOnlyCollection<Rule> left, IReadOnlyCollection<Rule> missing, Func<IpFamily, string> iptables)
    {
        List<string> sentences = [];
        if (left.Count > 0)
        {
            sentences.Add(
                $"Left behind {Count(left)}: {List(left)}. Remove it with: " +
                $"{string.Join("; ", Commands(left, iptables))}.");
        }

        if (missing.Count > 0)
            sentences.Add($"Missing {Count(missing)}: {List(missing)}.");

        return string.Join(' ', sentences);
    }

    private static IEnumerable<string> Commands(IReadOnlyCollection<Rule> left, Func<IpFamily, string> iptables) =>
        IptablesCommands.Remove([.. left.OfType<IptablesRule>()], iptables)
            .Concat(left.OfType<RoutingRule>().Select(
                rule => rule.RemovalCommandLine));

    private static string Count(IReadOnlyCollection<Rule> rules) =>
        rules.Count == 1 ? "is one rule" : $"are {rules.Count} rules";

    private static string List(IReadOnlyCollection<Rule> rules) =>
        string.Join("; ", rules.Take(Shown).Select(rule => rule.CommandLine)) +
        (rules.Count > Shown ? $"; and {rules.Count - Shown} more" : "");
}
