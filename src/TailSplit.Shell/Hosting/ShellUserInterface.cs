using System.Collections.ObjectModel;
using System.Management.Automation;
using System.Management.Automation.Host;
using System.Management.Automation.Internal;
using System.Security;
using TailSplit.Shell.Terminals;

namespace TailSplit.Shell.Hosting;

/// <summary>Objects to stdout, everything said about them to stderr; questions to whoever is there to answer.</summary>
internal sealed class ShellUserInterface(Terminal terminal, bool interactive) : PSHostUserInterface
{
    private readonly Terminal _terminal = terminal;

    private readonly bool _interactive = interactive;

    private readonly ProgressLine _progress = new(terminal);

    /// <summary>While set, what Out-Default writes is an error.</summary>
    public bool ReportsError { get; set; }

    public override PSHostRawUserInterface RawUI { get; } = new ShellRawUserInterface(terminal);

    public override bool SupportsVirtualTerminal => _terminal.OutHasColour;

    public override void Write(string value)
    {
        if (ReportsError)
            WriteError(value);
        else
            WriteOutput(value);
    }

    public override void Write(ConsoleColor foregroundColor, ConsoleColor backgroundColor, string value) =>
        Write(value);

    public override void WriteLine(string value) => Write(value + "\n");

    public override void WriteErrorLine(string value) => WriteError(value + "\n");

    public override void WriteDebugLine(string message) =>
        WriteMessage(PSStyle.Instance.Formatting.Debug, "DEBUG: ", message);

    public override void WriteVerboseLine(string message) =>
        WriteMessage(PSStyle.Instance.Formatting.Verbose, "VERBOSE: ", message);

    public override void WriteWarningLine(string message) =>
        WriteMessage(PSStyle.Instance.Formatting.Warning, "WARNING: ", message);

    public override void WriteProgress(long sourceId, ProgressRecord record) => _progress.Show(record);

    public void ClearProgress() => _progress.Clear();

    public override string ReadLine() => ReadAnswer("Read-Host");

    // Hiding what is typed takes the terminal out of the mode StandardInput reads it in, and nothing here has a secret.
    public override SecureString ReadLineAsSecureString() =>
        throw new NotSupportedException("TailSplit.Shell does not ask for secrets.");

    public override int PromptForChoice(
        string caption,
        string message,
        Collection<ChoiceDescription> choices,
        int defaultChoice)
    {
        if (!_interactive)
            throw Unanswerable(message);

        ChoiceQuestion question = new(choices, defaultChoice);
        Ask(caption);
        Ask(message);
        while (true)
        {
            _terminal.Questions.Write(question.Line);
            string answer = ReadAnswer(message);
            if (ChoiceQuestion.AsksForHelp(answer))
            {
                foreach (string line in question.Help)
                    Ask(line);
            }
            else if (question.Find(answer) is { } choice)
            {
                return choice;
            }
        }
    }

    public override Dictionary<string, PSObject> Prompt(
        string caption,
        string message,
        Collection<FieldDescription> descriptions)
    {
        // Out of a pipe the next line is the next statement, not the value that was left out of this one.
        if (!_interactive || !_terminal.InIsTerminal)
            throw Unanswerable($"{message} {string.Join(", ", descriptions.Select(field => field.Name))}");

        Ask(caption);
        Ask(message);
        return descriptions.ToDictionary(field => field.Name, ReadField);
    }

    public override PSCredential PromptForCredential(
        string caption,
        string message,
        string userName,
        string targetName) => throw new NotSupportedException("TailSplit.Shell does not ask for credentials.");

    public override PSCredential PromptForCredential(
        string caption,
        string message,
        string userName,
        string targetName,
        PSCredentialTypes allowedCredentialTypes,
        PSCredentialUIOptions options) => PromptForCredential(caption, message, userName, targetName);

    private static HostException Unanswerable(string question) => new(
        $"'{question.ReplaceLineEndings(" ")}' needs an answer and none can be given here; "
        + "use -Confirm:$false, or -Force where the command has it.",
        innerException: null,
        errorId: "QuestionNeedsAnswer",
        ErrorCategory.ResourceUnavailable);

    private void Ask(string text)
    {
        _progress.Clear();
        if (!string.IsNullOrEmpty(text))
            _terminal.Questions.WriteLine(text);
    }

    private string ReadAnswer(string question)
    {
        if (!_interactive)
            throw Unanswerable(question);

        string? line;
        try
        {
            line = _terminal.In.ReadLine();
        }
        catch (OperationCanceledException)
        {
            throw new PipelineStoppedException();
        }

        // A terminal echoes the Enter; a pipe leaves the cursor behind the question.
        if (line is null || !_terminal.InIsTerminal)
            _terminal.Questions.WriteLine();

        return line ?? throw Unanswerable(question);
    }

    private PSObject ReadField(FieldDescription field)
    {
        if (field.ParameterTypeFullName == typeof(SecureString).FullName)
            return PSObject.AsPSObject(ReadLineAsSecureString());

        if (!field.ParameterTypeFullName.EndsWith("[]", StringComparison.Ordinal))
        {
            _terminal.Questions.Write($"{field.Name}: ");
            return PSObject.AsPSObject(ReadAnswer(field.Name));
        }

        // A list ends with an empty line.
        List<string> values = [];
        while (true)
        {
            _terminal.Questions.Write($"{field.Name}[{values.Count}]: ");
            string value = ReadAnswer(field.Name);
            if (value.Length == 0)
                return PSObject.AsPSObject(values.ToArray());

            values.Add(value);
        }
    }

    private void WriteOutput(string value)
    {
        _progress.Clear();
        _terminal.Out.Write(GetOutputString(value, SupportsVirtualTerminal));
    }

    private void WriteError(string value)
    {
        _progress.Clear();
        _terminal.Error.Write(_terminal.ErrorHasColour
            ? value
            : new StringDecorated(value).ToString(OutputRendering.PlainText));
    }

    private void WriteMessage(string style, string label, string message) =>
        WriteError($"{style}{label}{message}{PSStyle.Instance.Reset}\n");
}
