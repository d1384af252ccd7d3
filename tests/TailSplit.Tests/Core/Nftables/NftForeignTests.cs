using System.Collections.Immutable;
using TailSplit.Core.Nftables;
using TailSplit.Core.Rules;
using TailSplit.Tests.Core.Goldens;
using Xunit;

namespace TailSplit.Tests.Core.Nftables;

/// <summary>What somebody else puts into TailSplit's table is seen, and never deleted.</summary>
public sealed class NftForeignTests : IDisposable
{
    private static readonly ImmutableArray<NftObject> s_wanted = NftRenderer.Render(TypedRules.Of(HostGoldenTests.Policies));

    private readonly NftShell _nft = NftShell.Start();

    public NftForeignTests() => Assert.Equal("", _nft.Apply(NftDiff.Write(NftContent.None, s_wanted)));

    public static TheoryData<string> Additions { get; } =
    [
        "add rule inet tailsplit TSK-torrents accept",
        "insert rule inet tailsplit TSK-torrents ip daddr 203.0.113.7 accept",
        "insert rule inet tailsplit forward iifname \"br-aaaaaaaaaaaa\" accept",
        "add rule inet tailsplit forward log prefix \"seen\"",
        "add rule inet tailsplit TSK-torrents/forward-in ip saddr { 172.20.0.1, 172.20.0.2 } return",
        "add rule inet tailsplit TSK-torrents ip daddr != 10.0.0.0/8 return",
        "add rule inet tailsplit TSK-torrents ct state new return",
        "add rule inet tailsplit TSK-torrents tcp dport 22-23 return",
        "add rule inet tailsplit TSK-torrents limit rate 1/second return",
        "add rule inet tailsplit TSB-media meta mark set 0x1",
        "add rule inet tailsplit forward oifname vmap @forward-in",
        "add rule inet tailsplit postrouting-nat masquerade random",
        "add chain inet tailsplit mine; add rule inet tailsplit mine drop",
        "add chain inet tailsplit mine; add rule inet tailsplit mine goto TSK-torrents",
        "add chain inet tailsplit mine; add element inet tailsplit forward-in { \"br-mine\" : goto mine }",
        "add element inet tailsplit forward-in { \"br-mine\" : drop }",
        "add chain inet tailsplit mine; add rule inet tailsplit mine ip saddr vmap @forward-from4",
        "add set inet tailsplit mine { type ipv4_addr; }",
        "add map inet tailsplit mine { type ipv4_addr : mark; }",
        "add counter inet tailsplit mine",
    ];

    [Theory]
    [MemberData(nameof(Additions))]
    public void It_is_reported_and_survives_every_change(string addition)
    {
        string[] before = Lines();
        Assert.Equal("", _nft.Apply(addition.Replace("; ", "\n", StringComparison.Ordinal) + "\n"));
        string[] added = [.. Lines().Except(before)];
        Assert.NotEmpty(added);
        Assert.True(_nft.Read().HasForeign);
        Assert.All(_nft.Read().ForeignRules, rule => Assert.NotEqual("", rule.CommandLine));

        // Ours is repaired, and what is foreign stays.
        Write(s_wanted);
        AssertStays(added);
        AssertOurs(s_wanted);

        // Another policy, then none.
        Write(NftRenderer.Render(TypedRules.Of([HostGoldenTests.Policies[1]])));
        AssertStays(added);
        Write([]);
        AssertStays(added);
        Assert.Empty(_nft.Read().Rules);

        // And back.
        Write(s_wanted);
        AssertStays(added);
        AssertOurs(s_wanted);
    }

    [Fact]
    public void A_rule_in_front_of_a_killswitch_is_put_behind_it()
    {
        Assert.Equal("", _nft.Apply("insert rule inet tailsplit TSK-torrents accept\n"));
        string text = NftDiff.Write(_nft.Read(), s_wanted);
        Assert.Contains("insert rule inet tailsplit TSK-torrents", text, StringComparison.Ordinal);
        Assert.DoesNotContain("flush", text, StringComparison.Ordinal);

        Assert.Equal("", _nft.Apply(text));
        string[] rules = [.. _nft.Run("nft list chain inet tailsplit TSK-torrents").Split('\n').Select(line => line.Trim())];
        Assert.True(Array.IndexOf(rules, "accept") > Array.IndexOf(rules, "counter packets 0 bytes 0 drop"));
        Assert.Equal("", NftDiff.Write(_nft.Read(), s_wanted));
    }

    [Fact]
    public void A_foreign_rule_says_where_it_stands_and_what_it_is()
    {
        Assert.Equal("", _nft.Apply("add rule inet tailsplit TSK-torrents log\nadd chain inet tailsplit mine\n"));

        NftContent live = _nft.Read();

        NftRule foreign = Assert.Single(live.ForeignRules);
        Assert.Equal("TSK-torrents", foreign.Chain);
        Assert.True(foreign.Match.HasForeignParts);
        Assert.StartsWith("nft delete rule inet tailsplit TSK-torrents handle ", foreign.RemovalCommandLine, StringComparison.Ordinal);
        Assert.Equal(["chain mine"], live.ForeignParts);
        // The command that would add it can't be told from what was read.
        Assert.IsType<FirewallVerdict.Foreign>(Assert.IsType<NftAction.Decide>(foreign.Action).Verdict);
    }

    [Fact]
    public void A_table_of_another_family_is_none_of_ours()
    {
        const string Other = """{"nftables": [{"metainfo": {"version": "1.0.6"}}, {"table": {"family": "ip", "name": "tailsplit", "handle": 1}}, {"chain": {"family": "ip", "table": "tailsplit", "name": "forward", "handle": 1}}]}""";
        Assert.False(NftContent.Parse(Other).Exists);
        Assert.Empty(NftContent.Parse(Other).Rules);
    }

    public void Dispose() => _nft.Dispose();

    private void Write(IReadOnlyCollection<NftObject> wanted)
    {
        string text = NftDiff.Write(_nft.Read(), wanted);
        Assert.Equal("", text.Length == 0 ? "" : _nft.Apply(text));
        Assert.Equal("", NftDiff.Write(_nft.Read(), wanted));
    }

    private void AssertStays(IEnumerable<string> added) => Assert.Empty(added.Except(Lines()));

    private void AssertOurs(IEnumerable<NftObject> wanted) => Assert.Empty(
        wanted.Where(item => item is not NftTable).Select(item => item.CommandLine)
            .Except(_nft.Read().Rules.Select(rule => rule.Rule.CommandLine)));

    // Elements of a map share lines, so each is one of its own here.
    private string[] Lines()
    {
        string chain = "";
        List<string> lines = [];
        foreach (string line in _nft.Run("nft list table inet tailsplit").Replace(", ", ",\n", StringComparison.Ordinal).Split('\n'))
        {
            string text = line.Trim().TrimEnd(',').Replace("elements = { ", "", StringComparison.Ordinal).TrimEnd('}', ' ');
            if (text.EndsWith('{'))
                chain = text;

            lines.Add($"{chain}: {text}");
        }

        return [.. lines];
    }
}
