using System.Globalization;

namespace TailSplit.Tests.Core.ModelKernel;

/// <summary>An ip rule as the kernel keeps it; what was not given is null or 0.</summary>
internal sealed record RoutingEntry
{
    public int Preference { get; private init; }

    public string? From { get; private init; }

    public string? To { get; private init; }

    public string? Iif { get; private init; }

    public string? IpProtocol { get; private init; }

    public int? Port { get; private init; }

    public uint Mark { get; private init; }

    public uint Mask { get; private init; }

    /// <summary>"lookup", "goto", or how a packet ends: "prohibit", "blackhole", "unreachable".</summary>
    public string Action { get; private init; } = "lookup";

    public int Table { get; private init; }

    /// <summary>Where a goto leads.</summary>
    public int? Target { get; private init; }

    public int? Suppress { get; private init; }

    public int Protocol { get; private init; }

    /// <summary>Whether a killswitch ends a packet here.</summary>
    public bool IsEnd => Action is "prohibit" or "blackhole";

    /// <summary>What tells whose packets the rule is about.</summary>
    public string? Selector => Iif ?? From;

    /// <summary>Reads what comes after <c>ip rule add</c>.</summary>
    public static RoutingEntry Parse(string text)
    {
        RoutingEntry entry = new();
        Queue<string> words = new(text.Split(' '));
        while (words.TryDequeue(out string? word))
        {
            entry = word switch
            {
                "pref" => entry with { Preference = Number(words.Dequeue()) },
                "from" => entry with { From = words.Dequeue() },
                "to" => entry with { To = words.Dequeue() },
                "iif" => entry with { Iif = words.Dequeue() },
                "ipproto" => entry with { IpProtocol = words.Dequeue() },
                "dport" => entry with { Port = Number(words.Dequeue()) },
                "fwmark" => entry.Marked(words.Dequeue()),
                "lookup" => entry with { Table = TableOf(words.Dequeue()) },
                "prohibit" or "blackhole" or "unreachable" => entry with { Action = word },
                "goto" => entry with { Action = word, Target = Number(words.Dequeue()) },
                "suppress_prefixlength" => entry with { Suppress = Number(words.Dequeue()) },
                "protocol" => entry with { Protocol = Number(words.Dequeue()) },
                _ => throw new KernelException($"Error: argument \"{word}\" is wrong"),
            };
        }

        return entry;
    }

    /// <summary>Whether <c>ip rule del</c> with these words would take this rule: what they leave out matches anything
    /// (net/core/fib_rules.c, rule_find).</summary>
    public bool IsMatchedBy(RoutingEntry given) =>
        Action == given.Action
        && (given.Table == 0 || Table == given.Table)
        && Preference == given.Preference
        && (given.Iif is null || Iif == given.Iif)
        && (given.From is null || From == given.From)
        && (given.To is null || To == given.To)
        && (given.IpProtocol is null || IpProtocol == given.IpProtocol)
        && (given.Port is null || Port == given.Port)
        && (given.Mark == 0 || Mark == given.Mark)
        && (given.Mask == 0 || Mask == given.Mask)
        && (given.Suppress is null || Suppress == given.Suppress)
        && (given.Protocol == 0 || Protocol == given.Protocol);

    /// <summary>Whether the kernel takes these words for this rule (rule_exists): it compares no targets, and prefixes
    /// that they leave out match any.</summary>
    public bool IsTakenFor(RoutingEntry given) => given == this with
    {
        From = given.From is null ? null : From,
        To = given.To is null ? null : To,
        Target = given.Target,
    };

    // "0/0xff0000": iproute2 takes both in C's notation; without a mask every bit counts.
    private RoutingEntry Marked(string text)
    {
        string[] parts = text.Split('/');
        uint mark = Hex(parts[0]);
        return this with { Mark = mark, Mask = parts.Length > 1 ? Hex(parts[1]) : uint.MaxValue };
    }

    private static uint Hex(string text) =>
        Convert.ToUInt32(text, text.StartsWith("0x", StringComparison.Ordinal) ? 16 : 10);

    private static int TableOf(string text) => text switch
    {
        "main" => 254,
        "default" => 253,
        "local" => 255,
        _ => Number(text),
    };

    private static int Number(string text) => int.Parse(text, NumberStyles.None, CultureInfo.InvariantCulture);
}
