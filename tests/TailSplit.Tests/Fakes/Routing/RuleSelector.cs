using System.Globalization;
using TailSplit.Core.Model;

namespace TailSplit.Tests.Fakes.Routing;

/// <summary>Reads the words after <c>ip rule add</c> or <c>del</c>, strictly.</summary>
internal static class RuleSelector
{
    public static FakeRoutingRule Read(IpFamily family, IEnumerable<string> words)
    {
        Queue<string> rest = new(words);
        FakeRoutingRule rule = new(0);
        while (rest.TryDequeue(out string? word))
        {
            rule = word switch
            {
                "prohibit" or "blackhole" or "unreachable" => rule with { End = word },
                "pref" => rule with { Preference = Number(rest) },
                "from" => rule with { From = Prefix(family, rest) },
                "to" => rule with { To = Prefix(family, rest) },
                "iif" => rule with { Iif = Interface(Value(rest)) },
                "ipproto" => rule with { IpProtocol = Protocol(Value(rest)) },
                "dport" => rule with { Port = Number(rest) },
                "fwmark" => rule with { Mark = Mark(Value(rest)) },
                "goto" => rule with { Goto = Number(rest) },
                "lookup" => rule with { Table = Table(Value(rest)) },
                "suppress_prefixlength" => rule with { SuppressPrefixLength = Number(rest) },
                "protocol" => rule with { Protocol = Number(rest) },
                _ => throw new ToolFailure(255, $"Error: argument \"{word}\" is wrong: Failed to parse rule type"),
            };
        }

        return rule.End is not null || rule.Goto is not null || rule.Table != 0 ? rule : throw Wrong("rule without an action");
    }

    private static (uint, uint) Mark(string text)
    {
        string[] parts = text.Split('/');
        return (Hex(parts[0]), parts.Length == 2 ? Hex(parts[1]) : uint.MaxValue);
    }

    private static uint Hex(string text) => uint.Parse(
        text.StartsWith("0x", StringComparison.Ordinal) ? text[2..] : text, NumberStyles.HexNumber,
        CultureInfo.InvariantCulture);

    private static int Protocol(string text) => text switch
    {
        "tcp" => 6,
        "udp" => 17,
        _ => int.Parse(text, NumberStyles.None, CultureInfo.InvariantCulture),
    };

    private static int Table(string text) => text switch
    {
        "main" => 254,
        "default" => 253,
        "local" => 255,
        _ => int.Parse(text, NumberStyles.None, CultureInfo.InvariantCulture),
    };

    private static Cidr Prefix(IpFamily family, Queue<string> rest)
    {
        string text = Value(rest);
        return Cidr.TryParse(text, out Cidr prefix) && prefix.Family == family
            ? prefix
            : throw new ToolFailure(1, $"Error: inet prefix is expected rather than \"{text}\".");
    }

    private static string Interface(string name) => name.Length <= 15 ? name : throw Wrong(name);

    private static int Number(Queue<string> rest) =>
        int.Parse(Value(rest), NumberStyles.None, CultureInfo.InvariantCulture);

    private static string Value(Queue<string> rest) =>
        rest.TryDequeue(out string? value)
            ? value
            : throw new ToolFailure(255, "Command line is not complete. Try option \"help\"");

    private static ToolFailure Wrong(string what) => new(255, $"Error: argument \"{what}\" is wrong");
}
