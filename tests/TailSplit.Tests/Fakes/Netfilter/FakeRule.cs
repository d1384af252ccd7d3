namespace TailSplit.Tests.Fakes.Netfilter;

/// <summary>A rule in the fake kernel: as iptables-save prints it, with what it has counted.</summary>
/// <param name="Specification">What stands behind <c>-A CHAIN</c>.</param>
/// <param name="Target">The name of the chain or target; empty where there is none.</param>
internal sealed record FakeRule(string Specification, string Target)
{
    public ulong Packets { get; init; }

    public ulong Bytes { get; init; }
}
