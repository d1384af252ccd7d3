using BenchmarkDotNet.Attributes;
using TailSplit.Core.Iptables;

namespace TailSplit.Benchmarks.Code;

/// <summary>
/// Reading a save that is nearly all other people's; the baseline does no more than split the text into lines.
/// </summary>
[MemoryDiagnoser]
public class SavedRulesetBenchmarks
{
    private string _text = "";

    [Params(20_000)]
    public int ForeignRules { get; set; }

    [GlobalSetup]
    public void Setup() => _text = Samples.ForeignSave(ForeignRules);

    [Benchmark(Baseline = true)]
    public int SplitIntoLines() => _text.Split('\n').Length;

    [Benchmark]
    public SavedRuleset Parse() => SavedRuleset.Parse(_text);
}
