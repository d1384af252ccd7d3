using System.Text;
using TailSplit.Core.Model;
using TailSplit.Core.Rules;
using TailSplit.Core.Text;

namespace TailSplit.Core.Iptables;

/// <summary>
/// What an iptables rule matches and does, in the exact form that <c>iptables-save</c> prints (addresses, interfaces,
/// matches, comment, target), so that a rule that was written and one that was read back are equal as values.
/// </summary>
public sealed record IptablesSpecification
{
    // The same length as that of a goto, "-g ".
    private const string JumpOption = "-j ";

    public Cidr? Source { get; init; }

    public Cidr? Destination { get; init; }

    public InterfaceName? In { get; init; }

    public InterfaceName? Out { get; init; }

    /// <summary>
    /// All other matches, <c>-m conntrack --ctstate RELATED,ESTABLISHED</c>; empty for none.
    /// </summary>
    public string Matches { get; init; } = "";

    public string? Comment { get; init; }

    /// <summary>
    /// The target with its options: <c>-j DROP</c>, <c>-g TSK-media</c>; empty for a rule that only counts.
    /// </summary>
    public required string Target { get; init; }

    /// <summary>The chain of TailSplit to which the rule jumps or goes; null for any other target.</summary>
    public string? OwnChain =>
        Target.Length > JumpOption.Length && OwnChains.IsOwn(Target.AsSpan(JumpOption.Length))
            ? Target[JumpOption.Length..]
            : null;

    /// <summary>Whether the target is a goto, from which no packet comes back to this chain.</summary>
    public bool IsGoto => Target.StartsWith("-g ", StringComparison.Ordinal);

    /// <summary>Whether the rule jumps to a chain, or to a target without options.</summary>
    public bool JumpsTo(string target) => Target == JumpOption + target;

    /// <summary>Whether the rule has a target, whatever its options are.</summary>
    public bool Uses(string target) =>
        JumpsTo(target) || Target.StartsWith($"{JumpOption}{target} ", StringComparison.Ordinal);

    /// <summary>The policy that the comment names; null for shared rules and for other programs'.</summary>
    public RuleOwner? Owner => RuleOwner.TryParse(Comment, out RuleOwner? owner) ? owner : null;

    /// <summary>Reads the part of a line of iptables-save that comes after <c>-A CHAIN</c>.</summary>
    public static IptablesSpecification Parse(ReadOnlySpan<char> text)
    {
        Cidr? source = null;
        Cidr? destination = null;
        InterfaceName? input = null;
        InterfaceName? output = null;
        string? comment = null;
        StringBuilder matches = new(0);
        string target = "";

        IReadOnlyList<string> words = ShellWords.Split(text);
        for (int i = 0; i < words.Count; i++)
        {
            string word = words[i];
            string next = i + 1 < words.Count ? words[i + 1] : "";
            if (word is "-j" or "-g")
            {
                // Nearly always one word: -j DROP, -g TSK-torrents.
                target = i + 2 == words.Count
                    ? $"{word} {SaveQuoting.Quote(next)}"
                    : string.Join(' ', words.Skip(i).Select(SaveQuoting.Quote));
                break;
            }

            if (word == "!")
            {
                Append(matches, word);
                if (i + 1 < words.Count)
                    Append(matches, words[++i]);
            }
            else if (word == "-s" && source is null && Cidr.TryParse(next, out Cidr from))
            {
                source = from;
                i++;
            }
            else if (word == "-d" && destination is null && Cidr.TryParse(next, out Cidr to))
            {
                destination = to;
                i++;
            }
            else if (word == "-i" && input is null && InterfaceName.TryParse(next, out InterfaceName into))
            {
                input = into;
                i++;
            }
            else if (word == "-o" && output is null && InterfaceName.TryParse(next, out InterfaceName outOf))
            {
                output = outOf;
                i++;
            }
            else if (word == "-m" && next == "comment" && comment is null && i + 3 < words.Count
                && words[i + 2] == "--comment")
            {
                comment = words[i + 3];
                i += 3;
            }
            else
            {
                Append(matches, word);
            }
        }

        return new IptablesSpecification
        {
            Source = source,
            Destination = destination,
            In = input,
            Out = output,
            Matches = matches.ToString(),
            Comment = comment,
            Target = target,
        };
    }

    public override string ToString()
    {
        StringBuilder text = new(96);
        Append(text, "-s", Source?.ToString());
        Append(text, "-d", Destination?.ToString());
        Append(text, "-i", In?.ToString());
        Append(text, "-o", Out?.ToString());
        if (Matches.Length > 0)
            text.Append(' ').Append(Matches);

        if (Comment is not null)
            text.Append(" -m comment --comment ").Append(SaveQuoting.QuoteComment(Comment));

        if (Target.Length > 0)
            text.Append(' ').Append(Target);

        return text.ToString(Math.Min(1, text.Length), Math.Max(0, text.Length - 1));
    }

    private static void Append(StringBuilder text, string option, string? value)
    {
        if (value is not null)
            text.Append(' ').Append(option).Append(' ').Append(value);
    }

    private static void Append(StringBuilder matches, string word)
    {
        if (matches.Length > 0)
            matches.Append(' ');

        matches.Append(SaveQuoting.Quote(word));
    }
}
