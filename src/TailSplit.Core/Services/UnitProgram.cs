using System.Collections.Immutable;

namespace TailSplit.Core.Services;

/// <summary>The PowerShell that units start.</summary>
/// <param name="Words">The words that start it: its full path, and for dotnet that of the program it runs.</param>
public sealed record UnitProgram(params ImmutableArray<string> Words)
{
    /// <summary>
    /// The folder of the dotnet that it looks for on PATH: the shim of a .NET tool starts "dotnet" by that name. Null
    /// where it needs none, or where it is on every unit's PATH.
    /// </summary>
    public string? DotnetFolder { get; init; }

    /// <summary>Where the runtime is; null if it is found by itself.</summary>
    public string? DotnetRoot { get; init; }

    /// <summary>Why no path was found that outlives an update, and what to do; null if the words do.</summary>
    public string? Impermanence { get; init; }

    public bool IsSnap => SnapPath.IsCommand(Words[0]);

    /// <summary>Every path that has to be there when the unit starts.</summary>
    public ImmutableArray<string> Paths =>
        DotnetFolder is null ? Words : Words.Add($"{DotnetFolder}/dotnet");

    public bool Equals(UnitProgram? other) => other is not null
        && Words.SequenceEqual(other.Words) && DotnetFolder == other.DotnetFolder && DotnetRoot == other.DotnetRoot
        && Impermanence == other.Impermanence;

    public override int GetHashCode() => HashCode.Combine(Words.Length, Words[0], DotnetFolder, DotnetRoot);
}
