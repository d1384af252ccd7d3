using System.Text.RegularExpressions;
using Xunit;

namespace TailSplit.Tests.Guidelines;

/// <summary>
/// docs/traffic.md and docs/security.md promise nothing without a test: each that they name is in the lab.
/// </summary>
public sealed partial class TrafficPageTests
{
    [Theory]
    [InlineData("traffic.md")]
    [InlineData("security.md")]
    public void Every_test_that_the_page_names_exists(string page)
    {
        string root = SourceTree.Root;
        string lab = string.Concat(Directory
            .EnumerateFiles(Path.Combine(root, "tests", "TailSplit.Lab"), "*Tests.cs", SearchOption.AllDirectories)
            .Select(File.ReadAllText));
        string[] named = [.. TestName().Matches(File.ReadAllText(Path.Combine(root, "docs", page))).Select(
            match => match.Value).Distinct()];

        Assert.True(named.Length > 25);
        Assert.All(named, name =>
        {
            string[] parts = name.Trim('`').Split('.');
            Assert.Contains($"class {parts[0]}", lab, StringComparison.Ordinal);
            Assert.Contains($" {parts[1]}(", lab, StringComparison.Ordinal);
        });
    }

    [GeneratedRegex(@"`\w+Tests\.[A-Z]\w+`")]
    private static partial Regex TestName();
}
