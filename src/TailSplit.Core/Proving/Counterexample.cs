using TailSplit.Core.Tracing;

namespace TailSplit.Core.Proving;

/// <summary>A packet that does not end as the contract says.</summary>
/// <param name="Packet">The packet, as its container sends it.</param>
/// <param name="Row">The row that it breaks.</param>
/// <param name="Layer">With which layers in force.</param>
/// <param name="Trace">Its way.</param>
public sealed record Counterexample(Packet Packet, ContractRow Row, ProofLayer Layer, PacketTrace Trace)
{
    /// <summary>Whether it goes where it must not; else it does not come to where it must.</summary>
    public bool IsLeak { get; init; }
}
