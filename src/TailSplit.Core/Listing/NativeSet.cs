using System.Collections.Immutable;

namespace TailSplit.Core.Listing;

/// <summary>A named set or map.</summary>
/// <param name="Kind"><c>set</c> or <c>map</c>.</param>
/// <param name="Name">The name.</param>
/// <param name="Elements">What it holds.</param>
internal sealed record NativeSet(string Kind, string Name, ImmutableArray<NativeElement> Elements);

/// <summary>An element of a set, or of a map, where it has a value.</summary>
internal sealed record NativeElement(NativeExpression Key, NativeExpression? Value)
{
    public string? Comment { get; init; }

    /// <summary>Whether it has more than key, value and comment: a timeout, a counter.</summary>
    public bool HasMore { get; init; }

    /// <summary>Whether it stands for every key that no other element has.</summary>
    public bool IsCatchAll => Key is NativeWord { Text: "*" };

    public override string ToString() => Value is null ? $"{Key}" : $"{Key} : {Value}";
}
