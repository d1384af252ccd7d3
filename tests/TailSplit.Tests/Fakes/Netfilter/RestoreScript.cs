using System.Globalization;
using System.Text.RegularExpressions;
using TailSplit.Core.Model;

namespace TailSplit.Tests.Fakes.Netfilter;

/// <summary>
/// iptables-restore --noflush --counters: reads its text line by line, works on a copy of each table and puts the copy
/// in the kernel at COMMIT. Its words and exit codes are those of iptables 1.8.9 (nf_tables).
/// </summary>
internal sealed partial class RestoreScript(FakeRuleset ruleset, string text)
{
    private const int LongestChain = 28;

    private readonly string _program = ruleset.Family == IpFamily.IPv4 ? "iptables-restore" : "ip6tables-restore";
    private FakeTable? _table;
    private int _line;

    /// <param name="commit">False for --test.</param>
    /// <param name="failAfterTables">Ends like a failed commit once so many tables are in; negative for never.</param>
    public void Run(bool commit, int failAfterTables = -1)
    {
        int committed = 0;
        string[] lines = text.Split('\n');
        for (int i = 0; i < lines.Length; i++)
        {
            _line = i + 1;
            string line = lines[i];
            if (line.Length == 0 || line[0] == '#')
                continue;

            if (_table is null)
            {
                Begin(line);
            }
            else if (line == "COMMIT")
            {
                if (committed++ == failAfterTables)
                    throw Refused($"line {_line}: COMMIT failed (Device or resource busy)");

                if (commit)
                    ruleset.Put(_table);

                _table = null;
            }
            else
            {
                Command(_table, line);
            }
        }

        if (_table is not null)
            throw new ToolFailure(1, $"{_program}: COMMIT expected at line {_line}");
    }

    private void Begin(string line)
    {
        if (line[0] != '*')
            throw new ToolFailure(1, $"{_program}: line {_line} failed");

        string name = line[1..].TrimEnd();
        if (!FakeTable.Exists(name))
            throw Unparsable($"{_program}: line {_line} table name '{name}' invalid");

        _table = ruleset.Find(name)?.Copy() ?? new FakeTable(name);
    }

    private void Command(FakeTable table, string line)
    {
        if (line[0] == ':')
        {
            Declare(table, line[1..].Split(' '));
            return;
        }

        Match counters = Counters().Match(line);
        string[] words = SavedWords.Split(line[counters.Length..]);
        string chain = words.Length > 1 ? words[1] : "";
        switch (words[0])
        {
            case "-N":
                Create(table, chain, line);
                break;
            case "-F":
                Existing(table, chain).Rules.Clear();
                break;
            case "-X":
                Delete(table, Existing(table, chain));
                break;
            case "-A":
                Existing(table, chain).Rules.Add(Read(table, chain, words[2..], counters));
                break;
            case "-I" when words.Length > 2
                && int.TryParse(words[2], NumberStyles.None, CultureInfo.InvariantCulture, out int number):
                if (number < 1 || number > Existing(table, chain).Rules.Count + 1)
                    throw new ToolFailure(1, "iptables-restore: Index of insertion too big.");

                Existing(table, chain).Rules.Insert(number - 1, Read(table, chain, words[3..], counters));
                break;
            case "-D":
                DeleteRule(table, chain, words[2..]);
                break;
            default:
                throw Unparsable($"unknown option \"{words[0]}\"");
        }
    }

    private void Declare(FakeTable table, string[] words)
    {
        (string name, string policy) = (words[0], words.Length > 1 ? words[1] : "");
        if (table.Find(name) is not FakeChain chain)
            Create(table, name, name);
        else if (chain.IsBuiltIn)
            chain.Policy = policy is "ACCEPT" or "DROP" ? policy : throw Unparsable($"Bad policy name '{policy}'");
        else
            chain.Rules.Clear();
    }

    private void Create(FakeTable table, string name, string line)
    {
        if (name.Length > LongestChain)
            throw Unparsable($"chain name `{name}' too long (must be under 29 chars)");

        if (name.Length == 0 || name[0] is '-' or '!' || name.Any(char.IsWhiteSpace))
            throw Unparsable($"chain name not allowed: {line}");

        if (table.Find(name) is not null)
            throw new ToolFailure(1, $"{_program}: line {_line} failed: Chain already exists.");

        table.Add(new FakeChain(name, "-"));
    }

    private FakeChain Existing(FakeTable table, string chain) => table.Find(chain)
        ?? throw new ToolFailure(1, $"{_program}: line {_line} failed: No chain/target/match by that name.");

    private void Delete(FakeTable table, FakeChain chain)
    {
        if (chain.IsBuiltIn || chain.Rules.Count > 0 || table.IsTarget(chain.Name))
            throw Refused($"line {_line}: CHAIN_DEL failed (Device or resource busy): chain {chain.Name}");

        table.Remove(chain);
    }

    private void DeleteRule(FakeTable table, string chain, string[] words)
    {
        FakeRule wanted = Read(table, chain, words, Match.Empty);
        int index = Existing(table, chain).Rules.FindIndex(rule => rule.Specification == wanted.Specification);
        if (index < 0)
            throw new ToolFailure(
                1, $"{_program}: line {_line} failed: Bad rule (does a matching rule exist in that chain?).");

        Existing(table, chain).Rules.RemoveAt(index);
    }

    private FakeRule Read(FakeTable table, string chain, string[] words, Match counters)
    {
        try
        {
            FakeRule rule = Read(table, chain, words);
            return counters.Length == 0 ? rule : rule with
            {
                Packets = ulong.Parse(counters.Groups[1].ValueSpan, CultureInfo.InvariantCulture),
                Bytes = ulong.Parse(counters.Groups[2].ValueSpan, CultureInfo.InvariantCulture),
            };
        }
        catch (FormatException e)
        {
            throw Unparsable(e.Message);
        }
    }

    private FakeRule Read(FakeTable table, string chain, string[] words)
    {
        try
        {
            return new RuleReader(ruleset.Family, table, chain).Read(words);
        }
        catch (FormatException) when (ruleset.TakesUnknown && TargetOptions.LeadsSomewhere(words, table))
        {
            return RuleReader.Verbatim(words);
        }
    }

    private ToolFailure Unparsable(string words) => new(
        2, $"{_program} v1.8.9 (nf_tables): {words}\nError occurred at line: {_line}\n" +
        $"Try `{_program} -h' or '{_program} --help' for more information.");

    private ToolFailure Refused(string words) => new(4, $"{_program} v1.8.9 (nf_tables): \n{words}");

    [GeneratedRegex(@"^\[(\d+):(\d+)\] ")]
    private static partial Regex Counters();
}
