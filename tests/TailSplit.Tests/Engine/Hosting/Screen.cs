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

    public override PSHostRawUserInterface? RawUI => null;

    public override void Write(string value) => _lines.Add(value);

    public override void Write(ConsoleColor foregroundColor, ConsoleColor backgroundColor, string value) =>
        _lines.Add(value);

    public override void WriteLine(string value) => _lines.Add(value);

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

    public override int PromptForChoice(string caption, string message, Collection<ChoiceDescription> choices, int defaultChoice)
    {
        _lines.Add(message);
        string answer = Answers.Dequeue();
        return choices.ToList().FindIndex(choice => choice.Label.Replace("&", "", StringComparison.Ordinal) == answer);
    }

    public override Dictionary<string, PSObject> Prompt(string caption, string message, Collection<FieldDescription> descriptions) =>
        throw new NotSupportedException();

    public override PSCredential PromptForCredential(string caption, string message, string userName, string targetName) =>
        throw new NotSupportedException();

    public override PSCredential PromptForCredential(
        string caption, string message, string userName, string targetName,
        PSCredentialTypes allowedCredentialTypes, PSCredentialUIOptions options) => throw new NotSupportedException();

    public override string ReadLine() => throw new NotSupportedException();

    public override SecureString ReadLineAsSecureString() => throw new NotSupportedException();
}
