using TailSplit.Tests.Core;
using Xunit;

namespace TailSplit.Tests.Guidelines;

/// <summary>docs/errors.md lists the errors that there are.</summary>
public sealed class ErrorListTests
{
    private static string[] Ids => [.. FailureCatalog.Methods.Keys];

    [Fact]
    public void Every_error_id_is_in_pascal_case() => Assert.All(Ids, id => Assert.Matches("^[A-Z][A-Za-z0-9]+$", id));

    [Fact]
    public void Every_error_is_documented()
    {
        Assert.SkipUnless(File.Exists(SourceTree.Errors), "docs/errors.md is not written yet.");

        string text = File.ReadAllText(SourceTree.Errors);

        Assert.All(Ids, id => Assert.Contains($"| {id} ", text, StringComparison.Ordinal));
    }
}
