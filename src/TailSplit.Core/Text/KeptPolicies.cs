using System.Collections.Immutable;
using System.Text.Json;

namespace TailSplit.Core.Text;

/// <summary>
/// Reads of a policy file, as policies are kept in for the next start of the host, which policies it has.
/// </summary>
public static class KeptPolicies
{
    /// <exception cref="TailSplitException">UnreadableOutput.</exception>
    public static ImmutableHashSet<string> Names(string file, string json) => JsonText.Read(file, json, Read);

    private static ImmutableHashSet<string> Read(JsonElement element) =>
        [.. element.Items("policies").Select(policy => policy.Text("name") ?? policy.Text("network")).OfType<string>()];
}
