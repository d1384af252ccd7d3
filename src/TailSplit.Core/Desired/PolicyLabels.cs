using System.Collections.Immutable;
using TailSplit.Core.Model;
using TailSplit.Core.Options;

namespace TailSplit.Core.Desired;

/// <summary>
/// The labels by which a Docker network states its policy: one for the kind, and one for each option.
/// </summary>
public static class PolicyLabels
{
    public const string Policy = "tailsplit.policy";
    public const string Name = "tailsplit.name";
    public const string TunnelInterface = "tailsplit.tunnel-interface";

    private const string Prefix = "tailsplit";

    // "tailscale" differs by four.
    private const int Tolerance = 2;

    /// <summary>All labels of TailSplit.</summary>
    public static ImmutableArray<string> All { get; } =
        [Policy, Name, TunnelInterface, .. PolicyOptions.All.Select(option => option.Label)];

    /// <summary>
    /// Whether a label is meant for TailSplit, misspelled or not: <c>Tail-Split.policy</c>, <c>tailspilt.policy</c>,
    /// <c>tailsplit-policy</c>. A misspelled one is an error. Otherwise its network would stay open without a message.
    /// </summary>
    public static bool IsOurs(string label) =>
        Spelling.IsNear(Spelling.Letters(label.Split('.')[0]), Prefix, Tolerance)
        || Spelling.IsNear(Spelling.Letters(label.Split('.', '-', '_', '/', ':')[0]), Prefix, Tolerance);

    /// <summary>The only kind of policy with this option; null for both.</summary>
    public static PolicyKind? KindOf(string label) =>
        PolicyOptions.All.FirstOrDefault(option => option.Label == label)?.Kind;
}
