using System.Globalization;
using System.Net;

namespace TailSplit.Benchmarks.Packets;

/// <summary>
/// Ways to arrange the rules of many policies, each a rewriting of what TailSplit itself plans. All of them keep every
/// policy's own rules in both layers; they differ in how a packet gets there, or past them.
/// </summary>
internal static class Structure
{
    private const int FirstBlock = 100_000;
    private const int KillswitchPreference = 5095;
    private const int RepliesPreference = 5100;
    private const int BypassPreference = 5110;
    private const string Killswitch = "TAILSPLIT-KILLSWITCH";
    private const string Bypass = "TAILSPLIT-BYPASS";
    private const string Subnets = "TAILSPLIT-SUBNETS";

    // Interfaces on which no packet of a policy can come in.
    private static readonly string[] s_others = ["lo", "eth0", "tailscale0"];

    public static IReadOnlyDictionary<string, Func<RuleText, RuleText>> All { get; } =
        new Dictionary<string, Func<RuleText, RuleText>>
        {
            ["as-is"] = text => text,
            ["return"] = EarlyReturn,
            ["tree"] = Tree,
            ["ipset"] = Gate,
            ["skip"] = Skip,
            ["goto"] = Blocks,
            ["guard"] = Guard,
            ["union"] = Union,
            ["tree+skip"] = text => Skip(Tree(EarlyReturn(text))),
            ["tree+goto"] = text => Blocks(Tree(text)),
            ["tree+goto+union"] = text => Union(Blocks(Tree(text))),
            ["goto+union"] = text => Union(Blocks(text)),
            ["all"] = text => Skip(Guard(Blocks(Tree(EarlyReturn(text))))),
        };

    /// <summary>Firewall: what comes in by the uplink or the tunnel leaves our chains at once.</summary>
    private static RuleText EarlyReturn(RuleText text) => text with
    {
        Restore = InsertFirst(text.Restore, chain => s_others.Select(other => $"-A {chain} -i {other} -j RETURN")),
    };

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

    /// <summary>Routing: what comes in by lo, uplink or tunnel passes the rules of bridges by.</summary>
    private static RuleText Skip(RuleText text) => text with
    {
        Batch =
        [
            .. text.Batch,
            "rule add pref 5089 nop protocol 84",
            $"rule add pref {RepliesPreference - 1} nop protocol 84",
            $"rule add pref {BypassPreference + 20} nop protocol 84",
            .. s_others.Select(other =>
                $"rule add pref {KillswitchPreference - 1} iif {other} goto {RepliesPreference - 1} protocol 84"),
            .. s_others.Select(other =>
                $"rule add pref {BypassPreference - 1} iif {other} goto {BypassPreference + 20} protocol 84"),
        ],
    };

    /// <summary>
    /// Routing: one rule for each policy, which leads to a block of its own behind the end of all other rules (32767),
    /// where only a goto leads. The rules in the block are the ones of before, with their selectors.
    /// </summary>
    private static RuleText Blocks(RuleText text)
    {
        List<string> lines = [];
        List<string> dispatch = [];
        int block = FirstBlock;
        foreach (IGrouping<string, string> policy in text.Batch.GroupBy(line => Word(line, "iif") ?? ""))
        {
            if (policy.Key.Length == 0)
            {
                lines.AddRange(policy);
                continue;
            }

            bool bypass = policy.All(line => Preference(line) >= BypassPreference);
            int first = bypass ? BypassPreference : KillswitchPreference;
            lines.AddRange(policy.Select(line => WithPreference(line, block + Preference(line) - first)));
            if (bypass)
                lines.Add(string.Create(
                    CultureInfo.InvariantCulture,
                    $"rule add pref {block + 4} iif {policy.Key} lookup main protocol 84"));

            dispatch.Add(string.Create(
                CultureInfo.InvariantCulture, $"rule add pref {first} iif {policy.Key} goto {block} protocol 84"));
            block += 8;
        }

        return text with { Batch = [.. lines, .. dispatch] };
    }

    /// <summary>Routing: what goes to none of the subnets passes the rules about them by.</summary>
    private static RuleText Guard(RuleText text) => text with
    {
        Batch =
        [
            .. text.Batch.Select(line => Word(line, "iif") is null && Preference(line) == RepliesPreference
                ? WithPreference(line, RepliesPreference + 1) : line),
            $"rule add pref {RepliesPreference + 2} nop protocol 84",
            $"rule add pref {RepliesPreference} not to 10.200.0.0/16 goto {RepliesPreference + 2} protocol 84",
        ],
    };

    /// <summary>Routing: subnets that lie side by side in one rule, by as few prefixes as hold exactly them.</summary>
    private static RuleText Union(RuleText text)
    {
        List<string> others = [.. text.Batch.Where(line => !IsReply(line))];
        SortedSet<(long Start, int Length)> prefixes = [.. text.Batch.Where(IsReply).Select(
            line => Parse(Word(line, "to")!))];
        for (int length = 32; length > 0; length--)
        {
            foreach ((long start, _) in prefixes.Where(prefix => prefix.Length == length).ToArray())
            {
                long size = 1L << (32 - length);
                if ((start & size) == 0 && prefixes.Contains((start + size, length)))
                {
                    prefixes.Remove((start, length));
                    prefixes.Remove((start + size, length));
                    prefixes.Add((start, length - 1));
                }
            }
        }

        others.AddRange(prefixes.Select(prefix =>
        {
            IPAddress address = new((uint)IPAddress.HostToNetworkOrder((int)prefix.Start));
            return $"rule add pref {RepliesPreference} to {address}/{prefix.Length} " +
                "lookup main suppress_prefixlength 0 protocol 84";
        }));
        return text with { Batch = others };

        static bool IsReply(string line) => Word(line, "iif") is null && Preference(line) == RepliesPreference;

        static (long Start, int Length) Parse(string cidr)
        {
            string[] parts = cidr.Split('.', '/');
            long start = parts[..4].Aggregate(
                0L, (sum, part) => (sum << 8) + int.Parse(part, CultureInfo.InvariantCulture));
            return (start, int.Parse(parts[4], CultureInfo.InvariantCulture));
        }
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
