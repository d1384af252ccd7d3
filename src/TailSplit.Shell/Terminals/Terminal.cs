using System.Globalization;
using System.Text;

namespace TailSplit.Shell.Terminals;

/// <summary>The three standard streams: what each is connected to, and writers that hold nothing back.</summary>
internal sealed class Terminal
{
    /// <summary>Wide enough that a table is not cut where nobody looks at it on a screen.</summary>
    private const int RedirectedWidth = 120;

    private static readonly UTF8Encoding s_encoding = new(encoderShouldEmitUTF8Identifier: false);

    public TextWriter Out { get; } = Writer(Console.OpenStandardOutput());

    public TextWriter Error { get; } = Writer(Console.OpenStandardError());

    public StandardInput In { get; } = new();

    public bool InIsTerminal { get; } = !Console.IsInputRedirected;

    public bool OutIsTerminal { get; } = !Console.IsOutputRedirected;

    public bool ErrorIsTerminal { get; } = !Console.IsErrorRedirected;

    public bool OutHasColour => OutIsTerminal && ColourIsWelcome;

    public bool ErrorHasColour => ErrorIsTerminal && ColourIsWelcome;

    /// <summary>Where questions are asked: never in between the objects on a redirected stdout.</summary>
    public TextWriter Questions => OutIsTerminal ? Out : Error;

    public int Width
    {
        get
        {
            string? columns = Environment.GetEnvironmentVariable("COLUMNS");
            if (int.TryParse(columns, NumberStyles.None, CultureInfo.InvariantCulture, out int width) && width > 0)
                return width;

            // A terminal that does not know its size says 0.
            return OutIsTerminal && Console.WindowWidth > 0 ? Console.WindowWidth : RedirectedWidth;
        }
    }

    public int Height => OutIsTerminal && Console.WindowHeight > 0 ? Console.WindowHeight : 50;

    // https://no-color.org: "when present and not an empty string (regardless of its value)".
    private static bool ColourIsWelcome =>
        string.IsNullOrEmpty(Environment.GetEnvironmentVariable("NO_COLOR"))
        && Environment.GetEnvironmentVariable("TERM") is not "dumb";

    private static StreamWriter Writer(Stream stream) => new(stream, s_encoding) { AutoFlush = true };
}
