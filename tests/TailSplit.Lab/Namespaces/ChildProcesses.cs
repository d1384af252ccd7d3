using System.Globalization;

namespace TailSplit.Lab;

/// <summary>The programs that a process started and that still run.</summary>
internal static class ChildProcesses
{
    private const StringSplitOptions Words = StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries;

    public static (int Id, string CommandLine)[] Of(int process) =>
    [
        .. Directory.GetDirectories($"/proc/{process}/task")
            .SelectMany(thread => Read($"{thread}/children").Split(' ', Words))
            .Select(id => (int.Parse(id, CultureInfo.InvariantCulture), Read($"/proc/{id}/cmdline").Replace('\0', ' '))),
    ];

    // A thread or a program can end between being listed and being read.
    private static string Read(string path)
    {
        try
        {
            return File.ReadAllText(path);
        }
        catch (IOException)
        {
            return "";
        }
    }
}
