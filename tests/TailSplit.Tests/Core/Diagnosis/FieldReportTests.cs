using TailSplit.Core.Diagnosis;
using TailSplit.Core.Diagnosis.Checks;
using TailSplit.Tests.Guidelines;
using Xunit;

namespace TailSplit.Tests.Core.Diagnosis;

/// <summary>The table of reported hosts in docs/checks.md says what the checks say.</summary>
public sealed class FieldReportTests
{
    private static readonly IReadOnlyList<(string Host, string Says)> s_rows =
    [
        .. File.ReadLines(Path.Combine(SourceTree.Root, "docs", "checks.md"))
            .SkipWhile(line => line != "## Reported hosts")
            .Skip(1)
            .TakeWhile(line => !line.StartsWith("## ", StringComparison.Ordinal))
            .Where(line => line.StartsWith("| ", StringComparison.Ordinal))
            .Skip(1)
            .Select(line => line.Split(" | ", StringSplitOptions.TrimEntries))
            .Select(cells => (cells[0].TrimStart('|', ' '), cells[1]))
    ];

    public static TheoryData<string, string> Rows
    {
        get
        {
            TheoryData<string, string> rows = [];
            foreach ((string host, string says) in s_rows)
                rows.Add(host, says);

            return rows;
        }
    }

    [Theory]
    [MemberData(nameof(Rows))]
    public void A_reported_host_gets_the_answer_of_the_table(string host, string says)
    {
        CheckResult[] results = [.. Doctor.Examine(FieldReports.All[host]())];
        string[] expected = [.. says.Split(", ").Where(each => each != "all pass")];

        string[] found = [.. results
            .Where(result => result.Status is CheckStatus.Warn or CheckStatus.Fail)
            .Select(result => $"{result.Check} {result.Status}")
            .Distinct()];
        Assert.Equal(expected.Where(each => !each.EndsWith(" Pass", StringComparison.Ordinal)).Order(), found.Order());
        Assert.All(
            expected.Where(each => each.EndsWith(" Pass", StringComparison.Ordinal)),
            each => Assert.Contains(results, result => $"{result.Check} {result.Status}" == each));
    }

    [Fact]
    public void Every_reported_host_is_in_the_table() =>
        Assert.Equal(FieldReports.All.Keys.Order(), s_rows.Select(row => row.Host).Order());
}
