using System.Threading.Channels;

namespace TailSplit.Execution.Watching;

/// <summary>
/// Reports changes of the policy file, by polling: the file may be replaced, be a link, or be absent for a moment.
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
