using System.Collections.Immutable;

namespace TailSplit.Core.Listing;

/// <summary>A named set or map.</summary>
/// <param name="Kind"><c>set</c> or <c>map</c>.</param>
/// <param name="Name">The name.</param>
/// <param name="Elements">The elements.</param>
internal sealed record NativeSet(string Kind, string Name, ImmutableArray<NativeElement> Elements);

/// <summary>An element of a set or a map. Only an element of a map has a value.</summary>
internal sealed record NativeElement(NativeExpression Key, NativeExpression? Value)
{
    public string? Comment { get; init; }

    /// <summary>Whether it has more than key, value and comment, such as a timeout or a counter.</summary>
    public bool HasMore { get; init; }

    /// <summary>Whether it matches every key that no other element has.</summary>
    public bool IsCatchAll => Key is NativeWord { Text: "*" };

    public override string ToString() => Value is null ? $"{Key}" : $"{Key} : {Value}";
}
