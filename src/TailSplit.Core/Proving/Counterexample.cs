using TailSplit.Core.Tracing;

namespace TailSplit.Core.Proving;

/// <summary>A packet that breaks the contract.</summary>
/// <param name="Packet">The packet, as its container sends it.</param>
/// <param name="Row">The row that it breaks.</param>
/// <param name="Layer">With which layers in force.</param>
/// <param name="Trace">Its way.</param>
public sealed record Counterexample(Packet Packet, ContractRow Row, ProofLayer Layer, PacketTrace Trace)
{
    /// <summary>Whether it goes where it must not; otherwise it does not reach where it must.</summary>
    public bool IsLeak { get; init; }
}
