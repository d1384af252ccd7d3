namespace TailSplit.Completion;

/// <summary>Completes policies in force.</summary>
internal sealed class PolicyCompleter : HostCompleter
{
    protected override IEnumerable<Candidate> Candidates(string parameterName) => KnownHost.Policies
        .Select(live => live.Policy)
        .OrderBy(policy => policy.Name.ToString(), StringComparer.Ordinal)
        .Select(policy => new Candidate(policy.Name.ToString(), $"{policy.Kind}: {policy.Target}"));
}
