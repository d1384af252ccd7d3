using System.Collections.Immutable;

namespace TailSplit.Core.Services;

/// <summary>The PowerShell that units start.</summary>
/// <param name="Words">The command: its full path, and for dotnet also the path of the assembly.</param>
public sealed record UnitProgram(params ImmutableArray<string> Words)
{
    /// <summary>
    /// The folder of dotnet, which the shim of a .NET tool looks up on PATH. Null if it needs none, or if dotnet is on
    /// the PATH of every unit.
    /// </summary>
    public string? DotnetFolder { get; init; }

    /// <summary>The value of DOTNET_ROOT; null if the runtime is found without it.</summary>
    public string? DotnetRoot { get; init; }

    /// <summary>Why no path stays valid after an update, and what to do; null if this one does.</summary>
    public string? Impermanence { get; init; }

    public bool IsSnap => SnapPath.IsCommand(Words[0]);

    /// <summary>Every path that must exist when the unit starts.</summary>
    public ImmutableArray<string> Paths =>
        DotnetFolder is null ? Words : Words.Add($"{DotnetFolder}/dotnet");

    public bool Equals(UnitProgram? other) => other is not null
        && Words.SequenceEqual(other.Words) && DotnetFolder == other.DotnetFolder && DotnetRoot == other.DotnetRoot
        && Impermanence == other.Impermanence;

    public override int GetHashCode() => HashCode.Combine(Words.Length, Words[0], DotnetFolder, DotnetRoot);
}
