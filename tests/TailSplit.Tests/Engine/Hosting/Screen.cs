using System.Collections.ObjectModel;
using System.Management.Automation;
using System.Management.Automation.Host;
using System.Security;

namespace TailSplit.Tests.Engine.Hosting;

/// <summary>Keeps the lines that are written to it, and answers questions from a list.</summary>
internal sealed class Screen : PSHostUserInterface
{
    private readonly List<string> _lines = [];

    public IReadOnlyList<string> Lines => _lines;

    public Queue<string> Answers { get; } = [];

    /// <summary>How wide it is; null where there is no screen at all.</summary>
    public int? Columns { get; set; }

    /// <summary>Whether it shows colours.</summary>
    public bool HasColour { get; set; }

    public override PSHostRawUserInterface? RawUI => Columns is int columns ? new ScreenSize(columns) : null;

    public override bool SupportsVirtualTerminal => HasColour;

    public override void Write(string value) => WriteLine(value);

    public override void Write(ConsoleColor foregroundColor, ConsoleColor backgroundColor, string value) =>
        WriteLine(value);

    // As every host does: colours are taken out where they can't be shown, or where $PSStyle says so.
    public override void WriteLine(string value) => _lines.Add(GetOutputString(value, SupportsVirtualTerminal));

    public override void WriteErrorLine(string value) => _lines.Add(value);

    public override void WriteDebugLine(string message)
    {
    }

    public override void WriteVerboseLine(string message)
    {
    }

    public override void WriteWarningLine(string message)
    {
    }

    public override void WriteProgress(long sourceId, ProgressRecord record)
    {
    }

    public override int PromptForChoice(
        string caption, string message, Collection<ChoiceDescription> choices, int defaultChoice)
    {
        _lines.Add(message);
        string answer = Answers.Dequeue();
        return choices.ToList().FindIndex(choice => choice.Label.Replace("&", "", StringComparison.Ordinal) == answer);
    }

    public override Dictionary<string, PSObject> Prompt(
        string caption, string message, Collection<FieldDescription> descriptions) =>
            throw new NotSupportedException();

    public override PSCredential PromptForCredential(
        string caption, string message, string userName, string targetName) =>
            throw new NotSupportedException();

    public override PSCredential PromptForCredential(
        string caption, string message, string userName, string targetName,
        PSCredentialTypes allowedCredentialTypes, PSCredentialUIOptions options) => throw new NotSupportedException();

    public override string ReadLine() => throw new NotSupportedException();

    public override SecureString ReadLineAsSecureString() => throw new NotSupportedException();
}
