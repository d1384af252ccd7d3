using CsCheck;
using TailSplit.Core.Iptables;
using TailSplit.Core.Model;
using Xunit;

namespace TailSplit.Tests.Core.Rules;

public sealed class OwnChainsTests
{
    [Theory]
    [InlineData(PolicyKind.Killswitch, "torrents", "TSK-torrents")]
    [InlineData(PolicyKind.Bypass, "media", "TSB-media")]
    [InlineData(PolicyKind.Bypass, "exactly-24-characters-ok", "TSB-exactly-24-characters-ok")]
    public void The_chain_of_a_policy_has_its_name(PolicyKind kind, string name, string chain) =>
        Assert.Equal(chain, OwnChains.Of(kind, PolicyName.Parse(name)));

    [Fact]
    public void A_name_that_is_too_long_is_cut_and_gets_a_hash()
    {
        string chain = OwnChains.Of(PolicyKind.Bypass, PolicyName.Parse("exactly-25-characters-now"));

        Assert.Equal(28, chain.Length);
        Assert.Matches("^TSB-exactly-25-char~[0-9a-f]{8}$", chain);
    }

    [Fact]
    public void Names_that_are_equal_where_they_are_cut_have_chains_that_differ() =>
        Gen.Select(Gen.Int[0, 9999], Gen.Int[0, 9999]).Sample(
            (one, other) => Assert.Equal(
                one == other, Chain($"a-name-that-is-long-{one:d10}") == Chain($"a-name-that-is-long-{other:d10}")));

    [Fact]
    public void A_policy_can_be_named_as_the_cut_form_of_another_and_its_chain_is_another_still()
    {
        const string Long = "a-name-that-is-too-long-for-a-chain";
        string cut = Chain(Long);

        // No policy can have that name: the cut form has a character that names have not.
        Assert.False(PolicyName.TryParse(cut[4..], out _));
        Assert.NotEqual(cut, Chain(cut[4..].Replace('~', '-')));
    }

    [Theory]
    [InlineData("torrents", "^TSK-torrents/in$")]
    [InlineData("exactly-21-characters", "^TSK-exactly-21-characters/in$")]
    [InlineData("exactly-22-characters-", "^TSK-exactly-22-c~[0-9a-f]{8}/in$")]
    [InlineData("exactly-24-characters-ok", "^TSK-exactly-24-c~[0-9a-f]{8}/in$")]
    public void The_chain_of_its_bridge_bears_its_name_too(string name, string chain)
    {
        string found = OwnChains.OfBridge(PolicyKind.Killswitch, PolicyName.Parse(name));

        Assert.Matches(chain, found);
        Assert.InRange(found.Length, 1, 28);
        Assert.True(OwnChains.IsOfBridge(found));
        Assert.False(OwnChains.IsOfBridge(Chain(name)));
        // No policy can have a chain of that name.
        Assert.False(PolicyName.TryParse(found[4..], out _));
    }

    [Theory]
    [InlineData("TAILSPLIT-NAT", true)]
    [InlineData("TAILSPLIT-SOMETHING-LATER", true)]
    [InlineData("TSK-media", true)]
    [InlineData("TSB-media", true)]
    [InlineData("TSX-media", false)]
    [InlineData("TAILSPLIT", false)]
    [InlineData("ts-forward", false)]
    [InlineData("tsk-media", false)]
    [InlineData("DOCKER-USER", false)]
    [InlineData("", false)]
    public void Only_chains_with_our_prefixes_are_ours(string chain, bool own) =>
        Assert.Equal(own, OwnChains.IsOwn(chain));

    private static string Chain(string name) => OwnChains.Of(PolicyKind.Killswitch, PolicyName.Parse(name));
}
