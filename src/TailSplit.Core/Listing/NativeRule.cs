using System.Collections.Immutable;

namespace TailSplit.Core.Listing;

/// <summary>A rule: statements that a packet meets in order, until one of them does not match.</summary>
internal sealed record NativeRule(ImmutableArray<NativeStatement> Statements, string? Comment)
{
    /// <summary>The kernel's number of the rule in its table.</summary>
    public long? Handle { get; init; }

    /// <summary>Whether it has something that is not understood, as rules of iptables' extensions have.</summary>
    public bool IsOpaque { get; } = Statements.Any(statement => statement is NativeOpaque);

    /// <summary>The rule as <c>nft list</c> writes it.</summary>
    public override string ToString() =>
        string.Join(' ', Statements.Select(statement => statement.ToString()).Where(text => text.Length > 0))
        + (Comment is null ? "" : $" comment \"{Comment}\"");
}
