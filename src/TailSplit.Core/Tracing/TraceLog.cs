using TailSplit.Core.Kernel;
using TailSplit.Core.Rules;

namespace TailSplit.Core.Tracing;

/// <summary>The steps of a packet in order, and what could not be evaluated.</summary>
internal sealed class TraceLog(
    IReadOnlyDictionary<Rule, RuleOwner?> owners, IReadOnlyDictionary<KernelRoutingRule, RoutingRule> own)
{
    private readonly List<TraceStep> _steps = [];
    private readonly List<string> _unsure = [];

    /// <summary>Whether rules of TailSplit's that do not match are left out, if the steps are not needed.</summary>
    public bool IsBrief { get; init; }

    /// <summary>Whether something unsure could send the packet another way, and not only stop it.</summary>
    public bool HasUnsureWay { get; private set; }

    public IReadOnlyList<TraceStep> Steps => _steps;

    public IReadOnlyList<string> Unsure => _unsure;

    public TraceStep? Last => _steps.Count == 0 ? null : _steps[^1];

    public TraceStep Add(TraceStep step)
    {
        _steps.Add(step);
        return step;
    }

    /// <param name="what">What could not be evaluated.</param>
    /// <param name="onlyStops">Whether it can do nothing but stop the packet.</param>
    public void AddUnsure(string what, bool onlyStops = false)
    {
        HasUnsureWay |= !onlyStops;
        if (!_unsure.Contains(what))
            _unsure.Add(what);
    }

    /// <summary>Adds a step before its consequences.</summary>
    public TraceStep Insert(int at, TraceStep step)
    {
        _steps.Insert(at, step);
        return step;
    }

    public void Take(KernelRoutingRule rule, string effect) => Add(Step(rule, matched: true, effect));

    /// <summary>An ip rule that does not match, or whose match can't be evaluated.</summary>
    public void Pass(KernelRoutingRule rule, MatchAnswer answer)
    {
        if (answer == MatchAnswer.Unknown)
        {
            AddUnsure($"whether the source port is one of '{rule.CommandLine}'");
            Add(Step(rule, matched: null, "may match, depending on the source port; taken for no"));
        }
        else if (!IsBrief && own.ContainsKey(rule))
        {
            Add(Step(rule, matched: false, "does not match"));
        }
    }

    private TraceStep Step(KernelRoutingRule rule, bool? matched, string effect)
    {
        RoutingRule? ours = own.GetValueOrDefault(rule);
        return new TraceStep
        {
            Layer = RuleLayer.Routing,
            Preference = rule.Preference,
            IsOwn = ours is not null,
            Policy = ours is null ? null : owners.GetValueOrDefault(ours)?.Name.ToString(),
            CommandLine = rule.CommandLine,
            Matched = matched,
            Effect = effect,
        };
    }
}
