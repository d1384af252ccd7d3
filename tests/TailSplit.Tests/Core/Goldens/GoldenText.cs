using System.Text;
using TailSplit.Core.Compilation;
using TailSplit.Core.Iptables;
using TailSplit.Core.Model;
using TailSplit.Core.Rules;

namespace TailSplit.Tests.Core.Goldens;

/// <summary>
/// A golden file in the making: a heading for each combination of options, below it the command line of each rule.
/// </summary>
internal sealed class GoldenText
{
    private readonly StringBuilder _text = new();

    public GoldenText Add(
        string heading, RuleEnvironment environment, HookSites sites, params IEnumerable<Policy> policies)
    {
        if (_text.Length > 0)
            _text.Append('\n');

        _text.Append("# ").Append(heading).Append('\n');
        foreach (OwnedRule rule in RuleCompiler.Compile(policies, environment, _ => sites))
            _text.Append(rule.Rule.CommandLine).Append('\n');

        return this;
    }

    public override string ToString() => _text.ToString();
}
