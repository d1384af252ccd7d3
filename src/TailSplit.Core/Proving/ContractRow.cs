using TailSplit.Core.Model;

namespace TailSplit.Core.Proving;

/// <summary>One row of the traffic contract, about packets of a container.</summary>
/// <param name="Kind">The kind of the policy.</param>
/// <param name="Peer">What the destination is.</param>
/// <param name="Allowed">How the packet may end. Everything else breaks the contract.</param>
/// <param name="Expected">
/// How it must end if that is possible: the tunnel while an exit node is active, the ISP while main has a default
/// route. None where the contract promises no way.
/// </param>
/// <param name="Text">The row as people read it.</param>
public sealed record ContractRow(PolicyKind Kind, Peer Peer, Ways Allowed, Ways Expected, string Text)
{
    /// <summary>Whether it is about DNS queries, of which only those to the server may use the tunnel.</summary>
    public bool IsName { get; init; }
}
