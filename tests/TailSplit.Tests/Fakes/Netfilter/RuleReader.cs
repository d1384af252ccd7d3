using System.Globalization;
using TailSplit.Core.Model;

namespace TailSplit.Tests.Fakes.Netfilter;

/// <summary>
/// Reads the words of a rule as iptables does, strictly: an option must be known, belong to a match that was loaded,
/// and fit the chain. What comes out is spelled as iptables-save spells it, whatever way it was put in.
/// </summary>
internal sealed class RuleReader(IpFamily family, FakeTable table, string chain)
{
    // The order in which iptables-save prints them.
    private static readonly string[] s_selectors = ["-s", "-d", "-i", "-o", "-p"];

    private readonly Dictionary<string, string> _selectors = new(StringComparer.Ordinal);
    private readonly List<string> _matches = [];
    private readonly HashSet<string> _loaded = new(StringComparer.Ordinal);
    private string _inversion = "";

    public FakeRule Read(string[] words)
    {
        Queue<string> rest = new(words);
        while (rest.TryDequeue(out string? word))
        {
            switch (word)
            {
                case "!":
                    _inversion = "! ";
                    continue;
                case "-s" or "-d":
                    Select(word, Prefix(Value(word, rest)));
                    break;
                case "-i" or "-o":
                    Select(word, Interface(word, Value(word, rest)));
                    break;
                case "-p":
                    Select(word, Value(word, rest));
                    break;
                case "-m":
                    _loaded.Add(Known(Value(word, rest)));
                    _matches.Add($"-m {_loaded.Last()}");
                    break;
                case "-j" or "-g":
                    return Rule(word, Value(word, rest), rest);
                default:
                    MatchOption(word, rest);
                    break;
            }

            _inversion = "";
        }

        return new FakeRule(Text(""), "");
    }

    /// <summary>A rule with matches that are not known here, as it is written.</summary>
    public static FakeRule Verbatim(string[] words) =>
        new(string.Join(' ', words.Select(SavedWords.Quote)), TargetOptions.TargetOf(words) ?? "");

    private void Select(string option, string value)
    {
        // A prefix of length 0 matches everything, and is not printed.
        if (!_selectors.TryAdd(option, value))
            throw new FormatException($"multiple {option} flags not allowed");

        if (value.EndsWith("/0", StringComparison.Ordinal))
            _selectors[option] = "";
        else
            _selectors[option] = $"{_inversion}{option} {value}";
    }

    private void MatchOption(string option, Queue<string> rest)
    {
        string? owner = MatchOptions.OwnerOf(option, _loaded);
        if (owner is null)
            throw new FormatException($"unknown option \"{option}\"");

        string value = Value(option, rest);
        string text = option switch
        {
            "--comment" when value.Length > 255 => throw new FormatException(
                "Comment must be shorter than 256 characters"),
            "--comment" => SavedWords.QuoteComment(value),
            "--ctstate" => MatchOptions.States(value),
            "--tcp-flags" => $"{SavedWords.Quote(value)} {SavedWords.Quote(Value(option, rest))}",
            _ => SavedWords.Quote(value),
        };
        _matches.Add($"{_inversion}{option} {text}");
    }

    private FakeRule Rule(string jump, string target, Queue<string> rest)
    {
        bool isChain = table.Find(target) is not null;
        if (!isChain && (jump == "-g" || !TargetOptions.IsKnown(target)))
            throw new FormatException($"Chain '{target}' does not exist");

        if (!isChain && !TargetOptions.FitsIn(target, table.Name))
            throw new ToolFailure(4, $"RULE_APPEND failed (Invalid argument): rule in chain {chain}");

        List<string> options = [];
        while (rest.TryDequeue(out string? option))
        {
            if (isChain || !TargetOptions.Takes(target, option, out bool hasValue))
                throw new FormatException($"unknown option \"{option}\"");

            options.Add(hasValue ? $"{option} {Value(option, rest)}" : option);
        }

        return new FakeRule(Text(string.Join(' ', options.Prepend(target).Prepend(jump))), target);
    }

    private string Text(string target) => string.Join(
        ' ',
        s_selectors
            .Select(option => _selectors.GetValueOrDefault(option, ""))
            .Concat(_matches)
            .Append(target)
            .Where(part => part.Length > 0));

    private string Prefix(string text) =>
        Cidr.TryParse(text, out Cidr cidr) && cidr.Family == family
            ? cidr.ToString()
            : throw new FormatException($"host/network `{text}' not found");

    private string Interface(string option, string name)
    {
        if (name.Length > 15)
            throw new FormatException($"interface name `{name}' must be shorter than IFNAMSIZ (15)");

        bool fits = option == "-o" ? chain is not ("PREROUTING" or "INPUT") : chain is not ("POSTROUTING" or "OUTPUT");
        return fits ? name : throw new FormatException($"Can't use {option} with {chain}\n");
    }

    private static string Known(string match) => MatchOptions.IsKnown(match)
        ? match
        : throw new FormatException($"Couldn't load match `{match}':No such file or directory\n");

    private static string Value(string option, Queue<string> rest) =>
        rest.TryDequeue(out string? value)
            ? value
            : throw new FormatException(
                string.Create(CultureInfo.InvariantCulture, $"option \"{option}\" requires an argument"));
}
