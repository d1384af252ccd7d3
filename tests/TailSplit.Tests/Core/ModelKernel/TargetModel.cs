using System.Text.RegularExpressions;

namespace TailSplit.Tests.Core.ModelKernel;

/// <summary>Where a rule sends a packet, found without the code under test.</summary>
internal static partial class TargetModel
{
    private static readonly HashSet<string> s_extensions = new(StringComparer.Ordinal)
    {
        "ACCEPT", "DROP", "REJECT", "RETURN", "LOG", "NFLOG", "MARK", "CONNMARK", "MASQUERADE", "SNAT", "DNAT",
        "REDIRECT",
        "TCPMSS", "NOTRACK", "CT", "QUEUE", "NFQUEUE",
    };

    public static string? Of(string specification) =>
        Jump().Matches(Quoted().Replace(specification, "Q")).LastOrDefault()?.Groups[1].Value;

    public static bool IsExtension(string target) => s_extensions.Contains(target);

    [GeneratedRegex("""(?:^| )-[jg] (\S+)""")]
    private static partial Regex Jump();

    [GeneratedRegex("""
        "(\\.|[^"\\])*"
        """)]
    private static partial Regex Quoted();
}
