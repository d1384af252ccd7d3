using System.Collections.Immutable;

namespace TailSplit.Core.Tracing.Native;

/// <summary>A named set or map.</summary>
internal sealed record NativeSet(string Name, ImmutableArray<NativeElement> Elements);

/// <summary>An element of a set, or of a map, where it has a value.</summary>
internal sealed record NativeElement(NativeExpression Key, NativeExpression? Value)
{
    /// <summary>Whether it stands for every key that no other element has.</summary>
    public bool IsCatchAll => Key is NativeWord { Text: "*" };

    public override string ToString() => Value is null ? $"{Key}" : $"{Key} : {Value}";
}
