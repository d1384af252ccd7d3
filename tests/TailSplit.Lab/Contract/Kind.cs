namespace TailSplit.Lab.Contract;

/// <summary>What a network of the contract is to TailSplit.</summary>
public enum Kind
{
    Bypass,
    Killswitch,

    /// <summary>Other people's: it must fare as it did before there was any policy.</summary>
    Ordinary,
}
