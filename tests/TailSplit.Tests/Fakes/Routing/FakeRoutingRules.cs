using TailSplit.Core.Model;

namespace TailSplit.Tests.Fakes.Routing;

/// <summary>
/// The ip rules of one family: lines of <c>ip -batch</c> go in, <c>ip -N -j rule</c> comes out, with the kernel's own ideas
/// of which rule exists and which one is meant (net/core/fib_rules.c).
/// </summary>
internal sealed class FakeRoutingRules
{
    private readonly IpFamily _family;
    private readonly List<FakeRoutingRule> _rules;

    private FakeRoutingRules(IpFamily family, IEnumerable<FakeRoutingRule> rules)
    {
        _family = family;
        _rules = [.. rules];
    }

    /// <summary>The kernel's own: IPv6 has no table default.</summary>
    public FakeRoutingRules(IpFamily family)
        : this(family, [new(0) { Table = 255 }, new(32766) { Table = 254 }])
    {
        if (family == IpFamily.IPv4)
            _rules.Add(new FakeRoutingRule(32767) { Table = 253 });
    }

    public IReadOnlyList<FakeRoutingRule> Rules => _rules;

    public FakeRoutingRules Clone() => new(_family, _rules);

    /// <summary>Reads what comes after <c>ip rule add</c>.</summary>
    public static FakeRoutingRule Parse(IpFamily family, string selector) => RuleSelector.Read(family, selector.Split(' '));

    /// <summary>Runs lines up to the first that fails, as <c>ip -batch</c> does.</summary>
    public void RunAll(string batch)
    {
        foreach (string line in batch.Split('\n', StringSplitOptions.RemoveEmptyEntries))
            Run(line);
    }

    public void Run(string line)
    {
        string[] words = line.Split(' ', 3);
        if (words is ["rule", "add", string added])
            Add(added);
        else if (words is ["rule", "del", string deleted])
            Delete(deleted);
        else
            throw new ToolFailure(255, $"Object \"{words[0]}\" is unknown, try \"ip help\".");
    }

    /// <summary>What somebody types after <c>ip rule add</c>.</summary>
    public void Add(string selector)
    {
        FakeRoutingRule rule = Parse(_family, selector);
        if (_rules.Exists(other => other.IsTakenFor(rule)))
            throw new ToolFailure(2, "RTNETLINK answers: File exists");

        int at = _rules.FindIndex(other => other.Preference > rule.Preference);
        _rules.Insert(at < 0 ? _rules.Count : at, rule);
    }

    public void Delete(string selector)
    {
        FakeRoutingRule given = Parse(_family, selector);
        int at = _rules.FindIndex(rule => rule.IsMatchedBy(given));
        if (at < 0)
            throw new ToolFailure(2, "RTNETLINK answers: No such file or directory");

        _rules.RemoveAt(at);
    }

    /// <summary>Deletes all rules that a test picks.</summary>
    public int Delete(Predicate<FakeRoutingRule> which) => _rules.RemoveAll(which);

    /// <summary>Removes exactly this rule, as another program might.</summary>
    public void TakeOut(FakeRoutingRule rule) => _rules.Remove(rule);

    /// <param name="hasLink">Whether an interface exists; without it none does.</param>
    public string Json(Predicate<string>? hasLink = null) => $"[{string.Join(',', _rules.Select(rule => rule.Json(
        rule.Iif is not null && hasLink?.Invoke(rule.Iif) != true,
        !_rules.Exists(other => other.Preference == rule.Goto))))}]";
}
