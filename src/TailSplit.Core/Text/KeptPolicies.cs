using System.Collections.Immutable;
using System.Text.Json;
using TailSplit.Core.Documents;

namespace TailSplit.Core.Text;

/// <summary>
/// Reads of a policy file, as policies are kept in for the next start of the host, which policies it has. It makes do
/// with a file that <see cref="PolicyDocumentReader"/> refuses: to whoever looks at a host, half a file says something.
/// </summary>
public static class KeptPolicies
{
    /// <exception cref="TailSplitException">UnreadableOutput.</exception>
    public static ImmutableHashSet<string> Names(string file, string json) => JsonText.Read(file, json, Read);

    private static ImmutableHashSet<string> Read(JsonElement element) =>
    [
        .. element.Items(PolicyFields.Policies)
            .Select(policy => policy.Text(PolicyFields.Name) ?? policy.Text(PolicyFields.Network))
            .OfType<string>()
    ];
}
