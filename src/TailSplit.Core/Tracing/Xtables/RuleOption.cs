using TailSplit.Core.Model;
using TailSplit.Core.Text;

namespace TailSplit.Core.Tracing.Xtables;

/// <summary>
/// An option of a saved rule with its values: <c>! -o docker0</c>, <c>--ctstate RELATED,ESTABLISHED</c>.
/// </summary>
internal sealed record RuleOption(string Name, IReadOnlyList<string> Values, bool Negated)
{
    /// <summary>Its only value; empty for none or several.</summary>
    public string Value { get; } = Values.Count == 1 ? Values[0] : "";

    /// <summary>
    /// The value as a prefix; null if it is not one. Parsed once, since many packets are compared with it.
    /// </summary>
    public Cidr? Prefix { get; } = Values.Count == 1 && Cidr.TryParse(Values[0], out Cidr prefix) ? prefix : null;
}

/// <summary>A parsed line of iptables-save: its matches and its target.</summary>
internal sealed record RuleText(
    IReadOnlyList<RuleOption> Matches, string Target, bool IsGoto, IReadOnlyList<RuleOption> TargetOptions)
{
    // The number of values of a foreign extension's option is unknown here; every word without a dash counts as one.
    public static RuleText Parse(ReadOnlySpan<char> specification)
    {
        List<RuleOption> matches = [];
        List<RuleOption> ofTarget = [];
        List<RuleOption> current = matches;
        string target = "";
        bool isGoto = false;
        bool negated = false;
        IReadOnlyList<string> words = ShellWords.Split(specification);
        for (int i = 0; i < words.Count; i++)
        {
            string word = words[i];
            if (word == "!")
            {
                negated = true;
                continue;
            }

            List<string> values = [];
            // A comment may begin with anything.
            if (word is "--comment" or "--log-prefix" && i + 1 < words.Count)
                values.Add(words[++i]);

            while (i + 1 < words.Count && words[i + 1] != "!" && !words[i + 1].StartsWith('-'))
                values.Add(words[++i]);

            if (word is "-j" or "-g")
            {
                (target, isGoto, current) = (values.FirstOrDefault() ?? "", word == "-g", ofTarget);
            }
            else
            {
                current.Add(new RuleOption(word, values, negated));
            }

            negated = false;
        }

        return new RuleText(matches, target, isGoto, ofTarget);
    }

    public string? Comment => Matches.FirstOrDefault(option => option.Name == "--comment")?.Value;

    public RuleOption? Option(string name) => TargetOptions.FirstOrDefault(option => option.Name == name);
}
