using System.Collections.Immutable;
using System.Net;

namespace TailSplit.Core.Flows;

/// <summary>Reads <c>conntrack -L</c>; other lines are skipped.</summary>
public static class ConntrackList
{
    public static ImmutableArray<ConntrackEntry> Parse(string text)
    {
        ImmutableArray<ConntrackEntry>.Builder entries = ImmutableArray.CreateBuilder<ConntrackEntry>();
        foreach (ReadOnlySpan<char> line in text.AsSpan().EnumerateLines())
        {
            if (Read(line) is ConntrackEntry entry)
                entries.Add(entry);
        }

        return entries.DrainToImmutable();
    }

    // udp 17 99 src=172.18.0.2 dst=198.51.100.10 sport=1000 dport=53 [UNREPLIED] src=... dst=... sport=... dport=...
    // mark=0 use=1
    private static ConntrackEntry? Read(ReadOnlySpan<char> line)
    {
        string[] words = line.ToString().Split(' ', StringSplitOptions.RemoveEmptyEntries);
        List<IPAddress> sources = [];
        List<IPAddress> destinations = [];
        List<string> selectors = [];
        foreach (string word in words)
        {
            int equals = word.IndexOf('=', StringComparison.Ordinal);
            if (equals < 0)
                continue;

            string value = word[(equals + 1)..];
            switch (word[..equals])
            {
                case "src" when IPAddress.TryParse(value, out IPAddress? source):
                    sources.Add(source);
                    break;
                case "dst" when IPAddress.TryParse(value, out IPAddress? destination):
                    destinations.Add(destination);
                    break;
                case string key when sources.Count == 1 && OptionFor(words[0], key) is string option:
                    selectors.Add($"{option} {value}");
                    break;
            }
        }

        return sources.Count == 2 && destinations.Count == 2
            ? new ConntrackEntry
            {
                Protocol = words[0] == "unknown" && words.Length > 1 ? words[1] : words[0],
                OriginalSource = sources[0],
                OriginalDestination = destinations[0],
                ReplySource = sources[1],
                ReplyDestination = destinations[1],
                Selectors = [.. selectors],
            }
            : null;
    }

    private static string? OptionFor(string protocol, string key) => (key, protocol) switch
    {
        ("sport", _) => "--sport",
        ("dport", _) => "--dport",
        ("srckey", _) => "--srckey",
        ("dstkey", _) => "--dstkey",
        ("type", "icmpv6") => "--icmpv6-type",
        ("code", "icmpv6") => "--icmpv6-code",
        ("id", "icmpv6") => "--icmpv6-id",
        ("type", _) => "--icmp-type",
        ("code", _) => "--icmp-code",
        ("id", _) => "--icmp-id",
        _ => null,
    };
}
