using System.Text;

namespace TailSplit.Lab.Boot;

/// <summary>A systemd unit as far as a test runs it: its dependencies, its environment, its command.</summary>
internal sealed class UnitFile
{
    private readonly ILookup<string, string> _settings;

    private UnitFile(string name, ILookup<string, string> settings) => (Name, _settings) = (name, settings);

    public string Name { get; }

    public IReadOnlySet<string> After => Words("After");

    public IReadOnlySet<string> Before => Words("Before");

    public IReadOnlyList<string> Command => Split(_settings["ExecStart"].Single(), dollars: true);

    public IReadOnlyDictionary<string, string?> Environment => _settings["Environment"]
        .SelectMany(line => Split(line, dollars: false))
        .Select(word => word.Split('=', 2))
        .ToDictionary(word => word[0], word => (string?)word[1]);

    public static UnitFile Read(string path) => new(
        Path.GetFileName(path),
        File.ReadLines(path)
            .Where(line => line.Contains('=', StringComparison.Ordinal) && line is not ['#', ..])
            .Select(line => line.Split('=', 2))
            .ToLookup(parts => parts[0], parts => parts[1]));

    /// <summary>
    /// The units in an order that their dependencies give, other people's among them by name alone. Of those that are
    /// free the first comes first.
    /// </summary>
    public static IReadOnlyList<string> Order(IReadOnlyCollection<UnitFile> units, IEnumerable<string> others)
    {
        List<string> left = [.. units.Select(unit => unit.Name), .. others];
        List<string> order = [];
        while (left.Count > 0)
        {
            string next = left.First(name => !left.Exists(other => other != name && IsBefore(other, name)));
            left.Remove(next);
            order.Add(next);
        }

        return order;

        bool IsBefore(string first, string second) => units.Any(unit =>
            (unit.Name == second && unit.After.Contains(first))
            || (unit.Name == first && unit.Before.Contains(second)));
    }

    private HashSet<string> Words(string setting) =>
        [.. _settings[setting].SelectMany(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries))];

    // systemd.service(5), "Command lines".
    private static List<string> Split(string line, bool dollars)
    {
        List<string> words = [];
        StringBuilder word = new();
        bool quoted = false;
        for (int i = 0; i < line.Length; i++)
        {
            char letter = line[i];
            if (letter == '"')
            {
                quoted = !quoted;
            }
            else if (letter == ' ' && !quoted)
            {
                words.Add(word.ToString());
                word.Clear();
            }
            else
            {
                bool twice = letter == '\\' || letter == '%' || (letter == '$' && dollars && words.Count > 0);
                word.Append(twice ? line[++i] : letter);
            }
        }

        return [.. words, word.ToString()];
    }
}
