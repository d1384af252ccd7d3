using System.Collections.Immutable;

namespace TailSplit.Core.Listing;

/// <summary>A rule: its statements run in order, until one does not match.</summary>
internal sealed record NativeRule(ImmutableArray<NativeStatement> Statements, string? Comment)
{
    /// <summary>The kernel's number of the rule in its table (its handle).</summary>
    public long? Handle { get; init; }

    /// <summary>Whether it has an unknown part, as rules with iptables extensions do.</summary>
    public bool IsOpaque { get; } = Statements.Any(statement => statement is NativeOpaque);

    /// <summary>The rule as <c>nft list</c> prints it.</summary>
    public override string ToString() =>
        string.Join(' ', Statements.Select(statement => statement.ToString()).Where(text => text.Length > 0))
        + (Comment is null ? "" : $" comment \"{Comment}\"");
}
