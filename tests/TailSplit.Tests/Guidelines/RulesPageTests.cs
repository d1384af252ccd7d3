using System.Text;
using TailSplit.Core.Model;
using TailSplit.Core.Nftables;
using TailSplit.Core.Rules;
using TailSplit.Tests.Core.Generators;
using TailSplit.Tests.Core.Nftables;
using Xunit;

namespace TailSplit.Tests.Guidelines;

/// <summary>The table that docs/rules.md shows is the one that TailSplit writes.</summary>
public sealed class RulesPageTests
{
    private static readonly Policy[] s_policies =
    [
        Samples.Bypass("media", Samples.Network("media", "br-media", "172.32.0.0/24", "fd00:32::/64")),
        Samples.Killswitch("torrents", Samples.Network("torrents", "br-torrents", "172.33.0.0/24", "fd00:33::/64")),
    ];

    [Fact]
    public void The_page_shows_the_table_of_a_bypass_and_a_killswitch()
    {
        string page = File.ReadAllText(Path.Combine(SourceTree.Root, "docs", "rules.md"));
        Assert.Contains($"```\n{Listing(NftRenderer.Render(TypedRules.Of(s_policies)))}```\n", page, StringComparison.Ordinal);
    }

    // As "nft list table inet tailsplit" shows it, but for comments and counts.
    private static string Listing(IReadOnlyCollection<NftObject> objects)
    {
        StringBuilder text = new("table inet tailsplit {\n");
        foreach (NftMap map in objects.OfType<NftMap>())
        {
            text.Append($"    map {map.Name} {{\n        {map.Key.Type()}\n        elements = {{ ")
                .AppendJoin(",\n                     ", objects.OfType<NftElement>().Where(element => element.Map == map)
                    .Select(element => (element with { Comment = null }).Item))
                .Append(" }\n    }\n");
        }

        foreach (NftChain chain in objects.OfType<NftChain>().OrderBy(chain => chain.Hook is null))
        {
            text.Append($"\n    chain {chain.Name} {{\n");
            if (chain.Hook is NftHook hook)
                text.Append($"        {hook}\n");

            foreach (NftRule rule in objects.OfType<NftRule>().Where(rule => rule.Chain == chain.Name))
                text.Append($"        {(rule with { Comment = null }).Text(default(RuleCounters))}\n");

            text.Append("    }\n");
        }

        return text.Append("}\n").ToString();
    }
}
