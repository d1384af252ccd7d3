namespace TailSplit.Core.Mapping;

/// <summary>Important information about a network, in a sentence.</summary>
/// <param name="Text">The sentence.</param>
/// <param name="IsAlert">Whether it reports a problem.</param>
public sealed record MapRemark(string Text, bool IsAlert = false)
{
    public override string ToString() => Text;
}
