using System.Globalization;

namespace TailSplit.Benchmarks.Packets;

/// <summary>
/// Ways to arrange the rules of many policies, each a rewriting of what TailSplit itself plans. All of them, except the
/// ip rules alone, keep every policy's own rules in both layers; they differ in how a packet gets there, or past
/// them.
/// </summary>
internal static class Structure
{
    // Of the layout before blocks: docs/rules.md.
    private const int KillswitchPreference = 5095;
    private const int RepliesPreference = 5100;
    private const int BypassPreference = 5110;
    private const int BehindAllOthers = 32768;
    private const int BlockSize = 16;
    private const int FirstOfBypass = 8;
    private const string Killswitch = "TAILSPLIT-KILLSWITCH";
    private const string Bypass = "TAILSPLIT-BYPASS";
    private const string OfBridge = "/in";
    private const string Subnets = "TAILSPLIT-SUBNETS";

    // Interfaces on which no packet of a policy can come in.
    private static readonly string[] s_others = ["lo", "eth0", "tailscale0"];

    /// <summary>What TailSplit writes with iptables.</summary>
    public const string AsIs = "as-is";

    /// <summary>What TailSplit writes with nftables.</summary>
    public const string OwnTable = "nftables";

    public static IReadOnlyDictionary<string, Func<RuleText, RuleText>> All { get; } =
        new Dictionary<string, Func<RuleText, RuleText>>
        {
            [AsIs] = text => text,
            [OwnTable] = text => text,
            ["return"] = EarlyReturn,
            ["inline"] = Inline,
            ["tree"] = Tree,
            ["ipset"] = Gate,
            ["flat"] = Flat,
            ["ip-rules"] = WithoutFirewall,
            ["ip-rules-flat"] = text => WithoutFirewall(Flat(text)),
        };

    /// <summary>Firewall: what comes in by the uplink or the tunnel leaves our chains at once.</summary>
    private static RuleText EarlyReturn(RuleText text) => text with
    {
        Restore = InsertFirst(text.Restore, chain => s_others.Select(other => $"-A {chain} -i {other} -j RETURN")),
    };

    /// <summary>
    /// Firewall: the rules of each bridge among those of all others. TailSplit wrote them so before it had a chain for
    /// each bridge.
    /// </summary>
    private static RuleText Inline(RuleText text)
    {
        ILookup<string, string> chains = text.Restore
            .Where(line => Word(line, "-A")?.EndsWith(OfBridge, StringComparison.Ordinal) == true)
            .ToLookup(line => Word(line, "-A")!);
        return text with
        {
            Restore =
            [
                .. text.Restore
                    .Where(line => !chains.Contains(Word(line, "-A") ?? line.Split(' ')[0].TrimStart(':')))
                    .SelectMany(line => Word(line, "-g") is string chain && chains.Contains(chain)
                        ? chains[chain].Select(rule => rule.Replace(chain, Killswitch, StringComparison.Ordinal))
                        : [line]),
            ],
        };
    }

    /// <summary>
    /// Firewall: bridges by the first character after "br-", then by name. A bridge that no policy has goes on to the
    /// subnets, as before.
    /// </summary>
    private static RuleText Tree(RuleText text)
    {
        List<string> lines = [];
        foreach (string line in text.Restore)
        {
            string chain = EntryChain(line);
            if (chain.Length > 0 && Word(line, "-i") is string bridge)
                lines.Add(line.Replace(chain, Branch(chain, bridge), StringComparison.Ordinal));
            else if (chain == Killswitch && Word(line, "-s") is not null)
                lines.Add(line.Replace(chain, Subnets, StringComparison.Ordinal));
            else
                lines.Add(line);
        }

        foreach (string chain in (string[])[Killswitch, Bypass])
        {
            string[] prefixes = [.. text.Restore.Where(line => EntryChain(line) == chain)
                .Select(line => Word(line, "-i")).OfType<string>().Select(Prefix).Distinct()
                .Order(StringComparer.Ordinal)];
            if (prefixes.Length == 0)
                continue;

            int declaration = lines.FindIndex(line => line.StartsWith($":{chain} ", StringComparison.Ordinal));
            lines.InsertRange(declaration, prefixes.Select(prefix => $":{Branch(chain, prefix)} - [0:0]"));
            int end = lines.FindIndex(declaration, line => line == "COMMIT");
            List<string> entries = [.. prefixes.Select(
                prefix => $"-A {chain} -i {prefix}+ -g {Branch(chain, prefix)}")];
            if (chain == Killswitch)
            {
                lines.Insert(declaration, $":{Subnets} - [0:0]");
                end++;
                entries.Add($"-A {chain} -g {Subnets}");
                entries.AddRange(prefixes.Select(prefix => $"-A {Branch(chain, prefix)} -g {Subnets}"));
            }

            lines.InsertRange(end, entries);
        }

        return text with { Restore = lines };
    }

    /// <summary>
    /// Firewall: a look into sets of bridges before the list of them. More than one set, since hash:net,iface takes 64
    /// interfaces for a network (AHASH_MAX, net/netfilter/ipset/ip_set_hash_gen.h), and only 0.0.0.0/0 sees forged
    /// sources.
    /// </summary>
    private static RuleText Gate(RuleText text)
    {
        const int room = 60;
        List<string> sets = [];
        Dictionary<string, string> gates = [];
        foreach (string chain in (string[])[Killswitch, Bypass])
        {
            string[] bridges = [.. text.Restore.Where(line => EntryChain(line) == chain)
                .Select(line => Word(line, "-i")).OfType<string>()];
            string[][] parts = [.. bridges.Chunk(room)];
            for (int i = 0; i < parts.Length; i++)
            {
                string set = string.Create(CultureInfo.InvariantCulture, $"{chain}-{i}");
                sets.Add($"create {set} hash:net,iface");
                sets.AddRange(parts[i].Select(bridge => $"add {set} 0.0.0.0/0,{bridge}"));
                gates[chain] = $"{gates.GetValueOrDefault(chain)} -m set ! --match-set {set} src,src";
            }
        }

        IEnumerable<string> restore = text.Restore.Select(line =>
            EntryChain(line) == Killswitch && Word(line, "-s") is not null
                ? line.Replace(Killswitch, Subnets, StringComparison.Ordinal)
                : line);
        return text with
        {
            Sets = sets,
            Restore = InsertFirst(
                [.. restore.SelectMany(line => line.StartsWith($":{Killswitch} ", StringComparison.Ordinal)
                    ? (string[])[$":{Subnets} - [0:0]", line]
                    : [line])],
                chain => [$"-A {chain}{gates[chain]} {(chain == Killswitch ? $"-g {Subnets}" : "-j RETURN")}"]),
        };
    }

    /// <summary>Whether a structure has both layers.</summary>
    public static bool IsWhole(string name) => !name.StartsWith("ip-rules", StringComparison.Ordinal);

    /// <summary>
    /// Routing: all rules before Tailscale's, where every packet of the host walks them, and one rule for each subnet.
    /// TailSplit wrote them so before it had blocks.
    /// </summary>
    private static RuleText Flat(RuleText text) => text with
    {
        Batch =
        [
            .. text.Batch
                .Where(line => Preference(line) >= BehindAllOthers && Word(line, "fwmark") is null)
                .Select(InFront),
            .. text.Batch.Where(line => Preference(line) >= BehindAllOthers)
                .Select(line => Word(line, "to")).OfType<string>().Distinct()
                .Select(subnet => string.Create(
                    CultureInfo.InvariantCulture,
                    $"rule add pref {RepliesPreference} to {subnet} lookup main suppress_prefixlength 0 protocol 84")),
        ],
    };

    /// <summary>The ip rules alone, which tells their part of the cost. Such a host keeps no policy.</summary>
    private static RuleText WithoutFirewall(RuleText text) => text with { Restore = [] };

    // What a bypass by Mark did with a marked packet was left to Tailscale's own rules.
    private static string InFront(string line)
    {
        int offset = Preference(line) % BlockSize;
        if (offset < FirstOfBypass)
            return WithPreference(line, KillswitchPreference + offset - FirstOfBypass);

        string moved = WithPreference(line, BypassPreference + offset - FirstOfBypass);
        bool unmarked = moved.Contains(" lookup main protocol", StringComparison.Ordinal)
            || moved.Contains(" unreachable ", StringComparison.Ordinal);
        return unmarked
            ? moved.Replace(" lookup ", " fwmark 0/0xff0000 lookup ", StringComparison.Ordinal)
                .Replace(" unreachable ", " fwmark 0/0xff0000 unreachable ", StringComparison.Ordinal)
            : moved;
    }

    private static List<string> InsertFirst(IEnumerable<string> lines, Func<string, IEnumerable<string>> rules)
    {
        List<string> result = [];
        HashSet<string> done = [];
        foreach (string line in lines)
        {
            string chain = EntryChain(line);
            if (chain.Length > 0 && done.Add(chain))
                result.AddRange(rules(chain));

            result.Add(line);
        }

        return result;
    }

    // "[0:0] -A TAILSPLIT-KILLSWITCH ..."; the rules of the policies' own chains are none.
    private static string EntryChain(string line) => Word(line, "-A") is Killswitch or Bypass ? Word(line, "-A")! : "";

    private static string Prefix(string bridge) => bridge[..Math.Min(4, bridge.Length)];

    private static string Branch(string chain, string bridge) => $"{chain}:{Prefix(bridge)[^1]}";

    private static string? Word(string line, string option)
    {
        string[] words = line.Split(' ');
        int at = Array.IndexOf(words, option);
        return at >= 0 && at + 1 < words.Length ? words[at + 1] : null;
    }

    private static int Preference(string line) => int.Parse(Word(line, "pref")!, CultureInfo.InvariantCulture);

    private static string WithPreference(string line, int preference) =>
        line.Replace(
            $"pref {Word(line, "pref")} ",
            string.Create(CultureInfo.InvariantCulture, $"pref {preference} "),
            StringComparison.Ordinal);
}
