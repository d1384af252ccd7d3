using System.Text;
using System.Threading.Channels;

namespace TailSplit.Lab;

/// <summary>A stream of lines that is cut into pieces by lines of our own.</summary>
internal sealed class MarkedStream
{
    private readonly Channel<string> _lines = Channel.CreateUnbounded<string>();

    public MarkedStream(StreamReader reader) => _ = Pump(reader);

    /// <summary>The text before the marker, and the rest of the marker's line.</summary>
    public async Task<(string Text, string AfterMarker)> ReadTo(string marker, CancellationToken cancellationToken)
    {
        StringBuilder text = new();
        await foreach (string line in _lines.Reader.ReadAllAsync(cancellationToken))
        {
            // In the middle of a line where a program's own output did not end in a line break.
            if (line.IndexOf(marker, StringComparison.Ordinal) is >= 0 and int start)
            {
                return (text.Append(line, 0, start).ToString(), line[(start + marker.Length)..].Trim());
            }

            text.Append(line).Append('\n');
        }

        throw new EndOfStreamException($"The shell ended: {text}");
    }

    public async Task<string> ReadToEnd() => string.Join('\n', await _lines.Reader.ReadAllAsync().ToListAsync());

    private async Task Pump(StreamReader reader)
    {
        while (await reader.ReadLineAsync() is { } line)
        {
            _lines.Writer.TryWrite(line);
        }

        _lines.Writer.Complete();
    }
}
