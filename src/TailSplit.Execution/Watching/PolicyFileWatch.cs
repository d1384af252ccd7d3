using System.Threading.Channels;

namespace TailSplit.Execution.Watching;

/// <summary>
/// Changes of the policy file, by looking: it may be replaced, be a link, or not be there for a moment.
/// </summary>
internal static class PolicyFileWatch
{
    public static async Task RunAsync(
        string path, ChannelWriter<WatchSignal> signals, WatchTimes times, CancellationToken cancellationToken)
    {
        (DateTime, long) before = ReadStatus(path);
        while (true)
        {
            await Task.Delay(times.Poll, cancellationToken).ConfigureAwait(false);
            (DateTime, long) now = ReadStatus(path);
            if (now != before)
                signals.TryWrite(new WatchSignal(WatchKind.FileChanged, $"{path} was changed."));

            before = now;
        }
    }

    private static (DateTime Time, long Length) ReadStatus(string path)
    {
        FileInfo file = new(path);
        try
        {
            return file.Exists ? (file.LastWriteTimeUtc, file.Length) : default;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return default;
        }
    }
}
