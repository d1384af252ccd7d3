using System.Globalization;
using TailSplit.Execution.Files;

namespace TailSplit.Execution.Transactions;

/// <summary>Finds the process that holds an flock(2), by /proc/locks (proc(5)).</summary>
internal static class LockHolder
{
    /// <summary>"process 4711 (pwsh)"; null if it can't be found.</summary>
    public static string? Of(string path)
    {
        try
        {
            return FileStatus.OfEntry(path) is FileStatus file
                && File.ReadLines("/proc/locks")
                    .Select(line => ProcessOf(line, file.Inode))
                    .FirstOrDefault(id => id > 0) is int process and > 0
                ? string.Create(CultureInfo.InvariantCulture, $"process {process} ({NameOf(process)})")
                : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    // "1: FLOCK  ADVISORY  WRITE 4711 00:19:1234 0 EOF". The line of a waiting process begins with "1: -> FLOCK".
    private static int ProcessOf(string line, ulong inode)
    {
        string[] words = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        return words.Length > 5 && words[1] == "FLOCK"
            && words[5].EndsWith(string.Create(CultureInfo.InvariantCulture, $":{inode}"), StringComparison.Ordinal)
            && int.TryParse(words[4], NumberStyles.None, CultureInfo.InvariantCulture, out int process)
                ? process
                : 0;
    }

    private static string NameOf(int process) =>
        File.ReadAllText(string.Create(CultureInfo.InvariantCulture, $"/proc/{process}/comm")).Trim();
}
