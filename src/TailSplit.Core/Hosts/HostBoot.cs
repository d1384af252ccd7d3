using System.Collections.Immutable;
using TailSplit.Core.Services;

namespace TailSplit.Core.Hosts;

/// <summary>Whether policies are restored at boot.</summary>
public sealed record HostBoot
{
    /// <summary>Whether a unit puts policies back in force when the host starts.</summary>
    public bool HasService { get; init; }

    /// <summary>The names of the policies that it restores.</summary>
    public ImmutableHashSet<string> Kept { get; init; } = [];

    /// <summary>Why the file of those policies can't be read or used; null if it can.</summary>
    public Failure? KeptTrouble { get; init; }

    /// <summary>Why units that are installed will not work when the host starts.</summary>
    public ImmutableArray<UnitTrouble> UnitTroubles { get; init; } = [];
}
