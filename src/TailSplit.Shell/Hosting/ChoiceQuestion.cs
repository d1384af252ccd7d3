using System.Management.Automation.Host;

namespace TailSplit.Shell.Hosting;

/// <summary>A question with a few answers, each known by its name and by the letter behind the ampersand.</summary>
internal sealed class ChoiceQuestion(IReadOnlyList<ChoiceDescription> choices, int defaultChoice)
{
    private const string HelpKey = "?";

    private readonly (string Key, string Name, string Help)[] _answers = [.. choices.Select(Answer)];

    private readonly int _default = defaultChoice;

    /// <summary>The line that asks, as pwsh words it.</summary>
    public string Line
    {
        get
        {
            IEnumerable<string> answers = _answers.Select(answer => $"[{answer.Key}] {answer.Name}");
            string preset = _default >= 0 ? $" (default is \"{_answers[_default].Key}\")" : "";
            return $"{string.Join("  ", answers)}  [{HelpKey}] Help{preset}: ";
        }
    }

    public IEnumerable<string> Help => _answers.Select(answer => $"{answer.Key} - {answer.Help}");

    public static bool AsksForHelp(string input) => input.Trim() == HelpKey;

    /// <summary>The number of the answer that was given; null if it was none of them.</summary>
    public int? Find(string input)
    {
        string text = input.Trim();
        if (text.Length == 0)
            return _default >= 0 ? _default : null;

        int index = Array.FindIndex(_answers, answer =>
            text.Equals(answer.Key, StringComparison.OrdinalIgnoreCase)
            || text.Equals(answer.Name, StringComparison.OrdinalIgnoreCase));
        return index >= 0 ? index : null;
    }

    private static (string Key, string Name, string Help) Answer(ChoiceDescription choice)
    {
        int ampersand = choice.Label.IndexOf('&', StringComparison.Ordinal);
        string name = ampersand < 0 ? choice.Label : choice.Label.Remove(ampersand, 1);
        string key = ampersand < 0 || ampersand >= name.Length
            ? name
            : name.Substring(ampersand, 1).ToUpperInvariant();
        return (key, name, string.IsNullOrEmpty(choice.HelpMessage) ? name : choice.HelpMessage);
    }
}
