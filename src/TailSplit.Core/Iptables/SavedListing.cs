using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using TailSplit.Core.Json;
using TailSplit.Core.Rules;

namespace TailSplit.Core.Iptables;

/// <summary>
/// Chains as <c>iptables -S -v</c> and <c>nft -j list chain</c> list them, in the form of a save. Both still list a
/// single chain of a table that iptables-save leaves out.
/// </summary>
public static partial class SavedListing
{
    // No target has this name, so it counts as one that accepts packets.
    internal const string NativeRule = "-j NFT";

    /// <summary>A table with what is known of it.</summary>
    public static string Table(string name, string chains) => $"*{name}\n{chains}COMMIT\n";

    /// <summary>What <c>iptables -S [CHAIN] -v</c> printed: "-A FORWARD -i br -c 3 180 -j DROP".</summary>
    public static string Chains(string listing)
    {
        StringBuilder text = new();
        foreach (string line in listing.Split('\n'))
        {
            string[] words = line.Split(' ', 4);
            switch (words[0])
            {
                case "-P" when words.Length > 2:
                    text.Append(CultureInfo.InvariantCulture, $":{words[1]} {words[2]} [0:0]\n");
                    break;
                case "-N" when words.Length > 1:
                    text.Append(CultureInfo.InvariantCulture, $":{words[1]} - [0:0]\n");
                    break;
                case "-A" when words.Length > 1:
                    text.Append(Rule(line)).Append('\n');
                    break;
            }
        }

        return text.ToString();
    }

    /// <summary>
    /// What <c>nft -j list chain</c> printed of an iptables chain: jumps as jumps, and all other rules as unknown
    /// rules.
    /// </summary>
    /// <exception cref="TailSplitException">UnreadableOutput.</exception>
    public static string NftChain(string json) => JsonText.Read("nft -j list chain", json, root =>
    {
        StringBuilder text = new();
        foreach (JsonElement item in root.Items("nftables"))
        {
            if (item.Property("chain") is JsonElement chain)
            {
                string policy = chain.Text("policy")?.ToUpperInvariant() ?? "-";
                text.Append(CultureInfo.InvariantCulture, $":{chain.Text("name")} {policy} [0:0]\n");
            }
            else if (item.Property("rule") is JsonElement rule)
            {
                text.Append(CultureInfo.InvariantCulture, $"-A {rule.Text("chain")} {Specification(rule)}\n");
            }
        }

        return text.ToString();
    });

    /// <summary>The chains of a table, of what <c>nft -j list chains</c> printed.</summary>
    /// <exception cref="TailSplitException">UnreadableOutput.</exception>
    public static IReadOnlyList<(string Table, string Chain)> NftChains(string json) => JsonText.Read(
        "nft -j list chains", json, root => root.Items("nftables")
            .Select(item => item.Property("chain"))
            .OfType<JsonElement>()
            .Select(chain => (Table: chain.Text("table"), Chain: chain.Text("name")))
            .Where(chain => chain.Table is not null && chain.Chain is not null)
            .Select(chain => (chain.Table!, chain.Chain!))
            .ToArray());

    /// <summary>A jump of TailSplit that exists, at an unknown place.</summary>
    public static string Jump(string chain, string comment, string target) =>
        $"-A {chain} {Jump(comment, target)}\n";

    private static IptablesSpecification Jump(string comment, string target) => new()
    {
        Matches = MatchesOf(target),
        Comment = comment,
        Target = $"-j {target}",
    };

    /// <summary>What our jump into a chain of TailSplit's matches.</summary>
    public static string MatchesOf(string target) => target == OwnChains.Mss ? IptablesMatches.OpensTcp : "";

    private static string Rule(string line)
    {
        Match counters = Counters().Match(line);
        return counters.Success
            ? $"[{counters.Groups[1].Value}:{counters.Groups[2].Value}] " +
                line.Remove(counters.Index, counters.Length).TrimEnd()
            : line.TrimEnd();
    }

    // nft shows that a jump of TailSplit has a comment, but not its text.
    private static string Specification(JsonElement rule)
    {
        JsonElement[] parts = [.. rule.Items("expr")];
        string? target = parts
            .Select(part => part.Property("jump")?.Text("target"))
            .FirstOrDefault(name => name is not null);
        if (target == OwnChains.Mss)
            return Jump(RuleOwner.SharedComment, target).ToString();

        if (target is null || !parts.All(part => part.TryGetProperty("jump", out _)
            || part.TryGetProperty("counter", out _) || part.TryGetProperty("xt", out _)))
        {
            return NativeRule;
        }

        return OwnChains.IsOwn(target)
            ? Jump(RuleOwner.SharedComment, target).ToString()
            : $"-j {target}";
    }

    // The last one, since a comment can contain any text.
    [GeneratedRegex(" -c ([0-9]+) ([0-9]+)(?= -[jg] |$)", RegexOptions.CultureInvariant | RegexOptions.RightToLeft)]
    private static partial Regex Counters();
}
