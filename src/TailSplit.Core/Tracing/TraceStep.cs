using TailSplit.Core.Rules;

namespace TailSplit.Core.Tracing;

/// <summary>A rule that a packet meets: one of TailSplit, or a foreign one that matters.</summary>
public sealed record TraceStep
{
    /// <summary>What a policy of DROP does.</summary>
    internal const string DropPolicy = "drops what no rule of the chain has accepted";

    public required RuleLayer Layer { get; init; }

    /// <summary>
    /// The table: its name for iptables, family and name for nft, such as <c>inet tailsplit</c>; null for an ip rule.
    /// </summary>
    public string? Table { get; init; }

    /// <summary>The chain; null for an ip rule.</summary>
    public string? Chain { get; init; }

    /// <summary>The preference of an ip rule; null in the firewall.</summary>
    public int? Preference { get; init; }

    /// <summary>Whether it is TailSplit's.</summary>
    public bool IsOwn { get; init; }

    /// <summary>Its policy.</summary>
    public string? Policy { get; init; }

    /// <summary>The command that adds the rule by hand.</summary>
    public required string CommandLine { get; init; }

    /// <summary>Whether it matches the packet; null if that can't be told.</summary>
    public required bool? Matched { get; init; }

    /// <summary>What it does with the packet.</summary>
    public required string Effect { get; init; }

    public override string ToString() => CommandLine;
}
