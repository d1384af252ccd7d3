using System.Text.RegularExpressions;

namespace TailSplit.Lab;

/// <summary>Every rule on the host, as text that is equal where they are: no counters, dates, remarks.</summary>
internal static partial class HostRules
{
    private static readonly (string Title, string Program, string[] Arguments)[] s_parts =
    [
        ("iptables (nf_tables)", "iptables-nft-save", []),
        ("ip6tables (nf_tables)", "ip6tables-nft-save", []),
        ("iptables (legacy)", "iptables-legacy-save", []),
        ("ip6tables (legacy)", "ip6tables-legacy-save", []),
        ("ip rule", "ip", ["-4", "rule"]),
        ("ip -6 rule", "ip", ["-6", "rule"]),
    ];

    public static async Task<string> Snapshot(NetworkNamespace host)
    {
        List<string> lines = [];
        foreach ((string title, string program, string[] arguments) in s_parts)
        {
            ProgramOutput output = await host.Run(program, arguments);
            lines.Add($"== {title}");
            lines.AddRange(output.Output.Split('\n').Where(line => line is not ("" or ['#', ..])).Select(Normalise));
        }

        return string.Join('\n', WithoutEmptyTables(lines)) + "\n";
    }

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

    [GeneratedRegex(@"\s*\[\d+:\d+\]")]
    private static partial Regex Counters();
}
