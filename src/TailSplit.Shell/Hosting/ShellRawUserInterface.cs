using System.Management.Automation.Host;
using TailSplit.Shell.Terminals;

namespace TailSplit.Shell.Hosting;

/// <summary>The size of the screen. Its cells are nobody's business: it may be a pipe.</summary>
internal sealed class ShellRawUserInterface(Terminal terminal) : PSHostRawUserInterface
{
    private readonly Terminal _terminal = terminal;

    public override Size BufferSize
    {
        get => new(_terminal.Width, _terminal.Height);
        set => throw NotSupported("BufferSize");
    }

    public override Size WindowSize
    {
        get => BufferSize;
        set => throw NotSupported("WindowSize");
    }

    public override Size MaxWindowSize => BufferSize;

    public override Size MaxPhysicalWindowSize => BufferSize;

    public override Coordinates CursorPosition { get; set; }

    public override Coordinates WindowPosition { get; set; }

    public override int CursorSize { get; set; } = 25;

    public override ConsoleColor ForegroundColor { get; set; } = ConsoleColor.Gray;

    public override ConsoleColor BackgroundColor { get; set; } = ConsoleColor.Black;

    public override string WindowTitle { get; set; } = "TailSplit";

    public override bool KeyAvailable => false;

    public override void FlushInputBuffer()
    {
    }

    public override KeyInfo ReadKey(ReadKeyOptions options) => throw NotSupported(nameof(ReadKey));

    public override BufferCell[,] GetBufferContents(Rectangle rectangle) =>
        throw NotSupported(nameof(GetBufferContents));

    public override void SetBufferContents(Coordinates origin, BufferCell[,] contents) =>
        throw NotSupported(nameof(SetBufferContents));

    public override void SetBufferContents(Rectangle rectangle, BufferCell fill) =>
        throw NotSupported(nameof(SetBufferContents));

    public override void ScrollBufferContents(
        Rectangle source,
        Coordinates destination,
        Rectangle clip,
        BufferCell fill) => throw NotSupported(nameof(ScrollBufferContents));

    private static NotSupportedException NotSupported(string member) =>
        new($"TailSplit.Shell has no {member}: it writes lines, to a terminal or to a pipe.");
}
