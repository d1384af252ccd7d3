using System.Reflection;
using TailSplit.Commands;
using TailSplit.Core;
using TailSplit.Execution.Transactions;

namespace TailSplit.Tests.Guidelines;

/// <summary>Where things are in the repository that these tests were built from.</summary>
internal static class SourceTree
{
    public static string Root { get; } = FindRoot();

    public static string Manifest { get; } = Path.Combine(Root, "TailSplit.psd1");

    public static string Errors { get; } = Path.Combine(Root, "docs", "errors.md");

    public static string[] Formats { get; } = Directory.GetFiles(
        Path.Combine(Root, "src", "TailSplit", "Formats"), "*.Format.ps1xml");

    /// <summary>All of them in one file, as the module has them after a build.</summary>
    public static string JoinedFormats { get; } = Path.Combine(Root, "bin", "TailSplit.Format.ps1xml");

    public static Assembly Core { get; } = typeof(Failure).Assembly;

    public static Assembly Execution { get; } = typeof(PolicyStore).Assembly;

    public static Assembly Module { get; } = typeof(TailSplitCommand).Assembly;

    private static string FindRoot()
    {
        DirectoryInfo? folder = new(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "TailSplit.sln")))
            folder = folder.Parent;

        return folder?.FullName ?? throw new DirectoryNotFoundException("No TailSplit.sln above the tests.");
    }
}
