using System.Collections.Immutable;
using TailSplit.Core.Listing;

namespace TailSplit.Core.Tracing.Native;

/// <summary>The tables of nf_tables that iptables does not show.</summary>
public sealed record NativeView
{
    /// <summary>Everything was read, and nothing exists.</summary>
    public static NativeView Nothing { get; } = new();

    /// <summary>The tables that nft listed.</summary>
    public NativeRuleset Ruleset { get; init; } = NativeRuleset.Empty;

    /// <summary>
    /// What could not be read although it exists or probably exists: an answer without it is uncertain.
    /// </summary>
    public ImmutableArray<string> Unseen { get; init; } = [];

    /// <summary>What could not be looked for, without a sign that it exists.</summary>
    public ImmutableArray<string> Remarks { get; init; } = [];
}
