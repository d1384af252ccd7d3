using System.Text.RegularExpressions;

namespace TailSplit.Lab;

/// <summary>Every rule on the host, as text that is equal where they are: no counters, dates, remarks.</summary>
internal static partial class HostRules
{
    /// <summary>The title of TailSplit's own table, which has the rules of both families.</summary>
    public const string OwnTable = "own table (nf_tables)";

    private static readonly (string Title, string Program, string[] Arguments)[] s_parts =
    [
        ("iptables (nf_tables)", "iptables-nft-save", []),
        ("ip6tables (nf_tables)", "ip6tables-nft-save", []),
        ("iptables (legacy)", "iptables-legacy-save", []),
        ("ip6tables (legacy)", "ip6tables-legacy-save", []),
        (OwnTable, "nft", ["-s", "list", "table", "inet", "tailsplit"]),
        ("ip rule", "ip", ["-4", "rule"]),
        ("ip -6 rule", "ip", ["-6", "rule"]),
    ];

    public static async Task<string> Snapshot(NetworkNamespace host)
    {
        List<string> lines = [];
        foreach ((string title, string program, string[] arguments) in s_parts)
        {
            ProgramOutput output = await host.TryRun(program, arguments);
            bool isAbsent = title == OwnTable && output.Error.Contains("No such file", StringComparison.Ordinal);
            Assert.True(output.Succeeded || isAbsent, $"{program}: {output.Error}");
            lines.Add($"== {title}");
            lines.AddRange(title == OwnTable
                ? OwnTableLines(output.Output)
                : output.Output.Split('\n').Where(line => line is not ("" or ['#', ..])).Select(Normalise));
        }

        return string.Join('\n', WithoutEmptyTables(lines)) + "\n";
    }

    // Chains and maps in the order of their names, and the elements of a map too: the kernel keeps no order.
    private static IEnumerable<string> OwnTableLines(string table) =>
        from part in Parts().Matches(table).Select(part => part.Value.Trim()).Order(StringComparer.Ordinal)
        from line in part.StartsWith("map ", StringComparison.Ordinal) ? [InOrder(part)] : part.Split('\n')
        select $"inet tailsplit: {line.Trim()}";

    private static string InOrder(string map) => string.Join(", ", Words().Split(map).Order(StringComparer.Ordinal));

    private static string Normalise(string line) => Counters().Replace(line, "").Replace('\t', ' ').TrimEnd();

    // A legacy table is there, with its built-in chains only, once it was looked at.
    private static List<string> WithoutEmptyTables(List<string> lines)
    {
        List<string> kept = [];
        foreach (string line in lines)
        {
            int table = kept.FindLastIndex(earlier => earlier is ['*', ..]);
            if (line == "COMMIT" && kept.Skip(table + 1).All(IsUnusedChain))
            {
                kept.RemoveRange(table, kept.Count - table);
            }
            else
            {
                kept.Add(line);
            }
        }

        return kept;
    }

    private static bool IsUnusedChain(string line) =>
        line is [':', ..] && line.EndsWith(" ACCEPT", StringComparison.Ordinal);

    [GeneratedRegex(@"^\t(chain|map) .*?^\t\}", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex Parts();

    [GeneratedRegex(@"\s*[,\n{}]\s*")]
    private static partial Regex Words();

    [GeneratedRegex(@"\s*\[\d+:\d+\]")]
    private static partial Regex Counters();
}
