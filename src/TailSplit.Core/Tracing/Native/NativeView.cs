using System.Collections.Immutable;
using TailSplit.Core.Listing;

namespace TailSplit.Core.Tracing.Native;

/// <summary>What is known of nf_tables beyond what iptables shows of it.</summary>
public sealed record NativeView
{
    /// <summary>Everything was seen, and there is nothing.</summary>
    public static NativeView Nothing { get; } = new();

    /// <summary>The tables that nft listed.</summary>
    public NativeRuleset Ruleset { get; init; } = NativeRuleset.Empty;

    /// <summary>
    /// What could not be seen although it is there, or is likely to be: an answer without it is unsure.
    /// </summary>
    public ImmutableArray<string> Unseen { get; init; } = [];

    /// <summary>What could not be looked for, where nothing says that it is there.</summary>
    public ImmutableArray<string> Remarks { get; init; } = [];
}
