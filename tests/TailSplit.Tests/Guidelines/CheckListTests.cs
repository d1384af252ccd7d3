using TailSplit.Core.Diagnosis.Checks;
using TailSplit.Core.Probing;
using Xunit;

namespace TailSplit.Tests.Guidelines;

/// <summary>docs/checks.md lists the checks that there are, in their order.</summary>
public sealed class CheckListTests
{
    [Fact]
    public void Every_check_is_documented_and_no_other() => Assert.Equal(
        Doctor.Checks.Select(check => check.Name).Append(ProbeJudge.Check),
        File.ReadLines(Path.Combine(SourceTree.Root, "docs", "checks.md"))
            .Where(line => line.StartsWith("| `", StringComparison.Ordinal))
            .Select(line => line.Split('`')[1]));
}
