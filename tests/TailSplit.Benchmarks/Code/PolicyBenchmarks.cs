using System.Collections.Immutable;
using BenchmarkDotNet.Attributes;
using TailSplit.Core.Compilation;
using TailSplit.Core.Iptables;
using TailSplit.Core.Model;
using TailSplit.Core.Planning;
using TailSplit.Core.Rules;

namespace TailSplit.Benchmarks.Code;

/// <summary>From policies to rules and back, all in memory.</summary>
[MemoryDiagnoser]
public class PolicyBenchmarks
{
    private Policy[] _policies = [];
    private LiveRules _nothing = LiveRules.None;
    private LiveRules _inForce = LiveRules.None;

    [Params(2, 20, 200)]
    public int Policies { get; set; }

    [GlobalSetup]
    public void Setup()
    {
        _policies = Samples.Policies(Policies);
        _nothing = Samples.Live([]);
        _inForce = Samples.Live(_policies);
    }

    [Benchmark]
    public ImmutableArray<OwnedRule> Compile() =>
        RuleCompiler.Compile(_policies, Samples.Environment, _ => HookSites.Usual);

    [Benchmark]
    public Plan PlanFromNothing() => Planner.Plan(_nothing, Samples.SetOf(_nothing, _policies), Samples.Environment);

    [Benchmark]
    public Plan PlanUnchanged() => Planner.Plan(_inForce, Samples.SetOf(_inForce, _policies), Samples.Environment);

    [Benchmark]
    public ImmutableArray<LivePolicy> Read() => PolicyReader.Read(_inForce, Samples.Environment);

    [Benchmark]
    public int Assess()
    {
        PolicyAssessment assessment = new(_inForce, Samples.Environment);
        return PolicyReader.Read(_inForce, Samples.Environment).Sum(policy => assessment.Missing(policy).Length);
    }
}
