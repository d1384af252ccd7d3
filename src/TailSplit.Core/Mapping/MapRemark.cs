namespace TailSplit.Core.Mapping;

/// <summary>What a person would be wrong not to know of a network, in a sentence.</summary>
/// <param name="Text">The sentence.</param>
/// <param name="IsAlert">Whether something is not as it was asked for.</param>
public sealed record MapRemark(string Text, bool IsAlert = false)
{
    public override string ToString() => Text;
}
