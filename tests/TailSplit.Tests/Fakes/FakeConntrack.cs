using System.Globalization;
using TailSplit.Core.Text;
using TailSplit.Execution;

namespace TailSplit.Tests.Fakes;

/// <summary>The kernel's table of connections, and the program <c>conntrack</c>.</summary>
internal sealed class FakeConntrack
{
    /// <summary>The connections, each as <c>conntrack -L</c> prints it.</summary>
    public List<string> Entries { get; } = [];

    public ProgramResult Run(ProgramCall call)
    {
        if (call.Arguments is ["-L", "-f", "ipv4" or "ipv6"])
        {
            bool six = call.Arguments[2] == "ipv6";
            string[] lines =
                [.. Entries.Where(entry => entry.Contains("src=", StringComparison.Ordinal) && IsIPv6(entry) == six)];
            return Shown(string.Concat(lines.Select(line => line + "\n")), lines.Length, "shown");
        }

        if (call.Arguments[0] != "-D")
            throw new ToolFailure(2, $"conntrack v1.4.7 (conntrack-tools): Unknown argument in '{call}'");

        string wanted = string.Join(' ', call.Arguments);
        int deleted = Entries.RemoveAll(entry => ConntrackList.Parse(entry).Single().DeleteLine == wanted);
        ProgramResult result = Shown("", deleted, "deleted");
        return deleted > 0 ? result : result with { ExitCode = 1 };
    }

    private static bool IsIPv6(string entry) =>
        entry.Split("src=")[1].Split(' ')[0].Contains(':', StringComparison.Ordinal);

    private static ProgramResult Shown(string output, int count, string verb) => new(0, output, string.Create(
        CultureInfo.InvariantCulture, $"conntrack v1.4.7 (conntrack-tools): {count} flow entries have been {verb}.\n"));
}
