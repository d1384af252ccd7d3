namespace TailSplit.Core.Desired;

/// <summary>
/// Which option that closes something a label may mean that there is not: <c>tailsplit.nameserver</c>,
/// <c>tailsplit.blockhost</c>. The option is then taken as given.
/// </summary>
internal static class ClosingLabels
{
    private const int Tolerance = 3;

    private static readonly string[] s_ofDnsServer = ["dns", "dsn", "resolv", "server"];

    private static readonly string[] s_ofBlockHost = ["block", "host"];

    public static bool MayMeanDnsServer(string label) => MayMean(label, PolicyLabels.DnsServer, s_ofDnsServer);

    public static bool MayMeanBlockHost(string label) => MayMean(label, PolicyLabels.BlockHost, s_ofBlockHost);

    private static bool MayMean(string label, string meant, string[] parts)
    {
        string letters = Option(label);
        return parts.Any(part => letters.Contains(part, StringComparison.Ordinal))
            || Spelling.IsNear(letters, Option(meant), Tolerance);
    }

    private static string Option(string label) => Spelling.Letters(label[(label.IndexOf('.', StringComparison.Ordinal) + 1)..]);
}
