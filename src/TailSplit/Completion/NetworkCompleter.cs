namespace TailSplit.Completion;

/// <summary>Completes Docker networks; those that can have a policy come first.</summary>
internal sealed class NetworkCompleter : HostCompleter
{
    protected override IEnumerable<Candidate> Candidates(string parameterName) => KnownHost.Networks
        .OrderByDescending(network => network.CanHavePolicy)
        .ThenBy(network => network.Name, StringComparer.Ordinal)
        .Select(network => new Candidate(
            network.Name,
            string.Join(", ", network.Subnet.Prepend(network.Driver)) +
                (network.Reason is string reason ? $"; no policy: {reason}" : "; can have a policy")));
}
