using TailSplit.Core.Model;

namespace TailSplit.Completion;

/// <summary>Completes labels of Docker networks, each as a whole hashtable, which the parameter takes.</summary>
internal sealed class LabelCompleter : HostCompleter
{
    protected override IEnumerable<Candidate> Candidates(string parameterName) => KnownHost.Networks
        .SelectMany(
            network => network.Labels, (DockerNetwork network, KeyValuePair<string, string> label) => (network, label))
        .GroupBy(pair => pair.label, pair => pair.network.Name)
        .OrderBy(group => group.Key.Key, StringComparer.Ordinal)
        .ThenBy(group => group.Key.Value, StringComparer.Ordinal)
        .Select(
            group => new Candidate(Table(group.Key), $"{group.Key.Key}={group.Key.Value}: {string.Join(", ", group)}"));

    // A hashtable is code and must not be quoted. The typed word may contain a complete key.
    protected override string Write(string value, TypedWord word) => value;

    private static string Table(KeyValuePair<string, string> label)
    {
        string key = label.Key.All(char.IsAsciiLetter) ? label.Key : TypedWord.Quoted(label.Key);
        return $"@{{ {key} = {TypedWord.Quoted(label.Value)} }}";
    }
}
