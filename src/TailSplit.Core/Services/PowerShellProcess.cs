using System.Collections.Immutable;

namespace TailSplit.Core.Services;

/// <summary>The process that a cmdlet runs in.</summary>
/// <param name="Path">The full path of its program, without symbolic links: pwsh, or dotnet for a .NET tool.</param>
/// <param name="Assembly">The full path of the assembly that dotnet runs; for pwsh its own.</param>
public sealed record PowerShellProcess(string Path, string Assembly)
{
    /// <summary>The folders of its PATH.</summary>
    public ImmutableArray<string> SearchPath { get; init; } = [];

    public bool IsDotnet => System.IO.Path.GetFileName(Path) == "dotnet";
}
