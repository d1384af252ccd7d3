using System.Management.Automation.Language;

namespace TailSplit.Shell.Running;

/// <summary>Lines, collected until they are something the engine can run.</summary>
internal sealed record Statement(string Text)
{
    public static Statement Empty { get; } = new("");

    public bool IsEmpty => Text.Length == 0;

    /// <summary>False when the parser wants more: an open brace, a here-string, a trailing pipe or backtick.</summary>
    public bool IsComplete
    {
        get
        {
            if (Text.EndsWith('`'))
                return false;

            Parser.ParseInput(Text, out _, out ParseError[] errors);
            return errors is not [{ IncompleteInput: true }, ..];
        }
    }

    public bool Leaves => Text.Trim().Equals("quit", StringComparison.OrdinalIgnoreCase);

    public Statement With(string line) => new(IsEmpty ? line : $"{Text}\n{line}");
}
