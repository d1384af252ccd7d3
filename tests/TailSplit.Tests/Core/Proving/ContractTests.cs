using TailSplit.Core.Model;
using TailSplit.Core.Proving;
using Xunit;

namespace TailSplit.Tests.Core.Proving;

public sealed class ContractTests
{
    [Fact]
    public void Every_kind_of_policy_has_one_row_for_every_peer() => Assert.Equal(
        from kind in Enum.GetValues<PolicyKind>() from peer in Enum.GetValues<Peer>() orderby kind, peer select (kind, peer),
        from row in Contract.Rows orderby row.Kind, row.Peer select (row.Kind, row.Peer));

    [Fact]
    public void A_killswitch_lets_packets_out_in_clear_to_named_destinations_alone() => Assert.Equal(
        [Peer.Named],
        Contract.Rows.Where(row => row.Kind == PolicyKind.Killswitch && row.Allowed.HasFlag(Ways.Clear)).Select(row => row.Peer));

    [Fact]
    public void A_bypass_never_sends_the_internet_into_the_tunnel() => Assert.False(
        Contract.Rows.Single(row => row is { Kind: PolicyKind.Bypass, Peer: Peer.Internet }).Allowed.HasFlag(Ways.Tunnel));
}
