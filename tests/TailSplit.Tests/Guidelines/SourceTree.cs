using System.Reflection;
using TailSplit.Commands;
using TailSplit.Core;
using TailSplit.Execution;

namespace TailSplit.Tests.Guidelines;

/// <summary>Where things are in the repository that these tests were built from.</summary>
internal static class SourceTree
{
    public static string Root { get; } = FindRoot();

    public static string Manifest { get; } = Path.Combine(Root, "TailSplit.psd1");

    public static string Errors { get; } = Path.Combine(Root, "docs", "errors.md");

    public static string[] Formats { get; } = Directory.GetFiles(Path.Combine(Root, "src", "TailSplit", "Formats"));

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
