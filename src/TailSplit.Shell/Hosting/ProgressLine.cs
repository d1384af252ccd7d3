using System.Management.Automation;
using TailSplit.Shell.Terminals;

namespace TailSplit.Shell.Hosting;

/// <summary>The last line of the terminal while something is under way; nothing at all on a pipe.</summary>
internal sealed class ProgressLine(Terminal terminal)
{
    private const string EraseLine = "\r\x1b[K";

    private readonly Terminal _terminal = terminal;

    private bool _shown;

    public void Show(ProgressRecord record)
    {
        if (!_terminal.ErrorIsTerminal)
            return;

        if (record.RecordType == ProgressRecordType.Completed)
        {
            Clear();
            return;
        }

        string percent = record.PercentComplete >= 0 ? $" {record.PercentComplete}%" : "";
        string text = $"{record.Activity}: {record.StatusDescription}{percent}".ReplaceLineEndings(" ");
        int room = Math.Max(1, _terminal.Width - 1);
        _terminal.Error.Write(EraseLine + (text.Length > room ? text[..room] : text));
        _shown = true;
    }

    /// <summary>To be called before anything else is written.</summary>
    public void Clear()
    {
        if (!_shown)
            return;

        _terminal.Error.Write(EraseLine);
        _shown = false;
    }
}
