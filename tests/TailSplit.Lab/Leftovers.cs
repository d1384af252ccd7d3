using System.Globalization;
using System.Text.RegularExpressions;

namespace TailSplit.Lab;

/// <summary>
/// Takes down labs whose test process was killed: those with the id of a process that is no more. What runs in such a
/// lab's namespaces or cgroups was started by it.
/// </summary>
internal static partial class Leftovers
{
    private const string Namespaces = "/run/netns";

    public static async Task Sweep()
    {
        IEnumerable<string> names = Directory.GetFileSystemEntries("/tmp", "ts-*")
            .Concat(Directory.Exists(Namespaces) ? Directory.GetFiles(Namespaces, "ts-*") : [])
            .Select(path => LabName().Match(Path.GetFileName(path)))
            .Where(match => match.Success && !Directory.Exists($"/proc/{match.Groups["owner"].Value}"))
            .Select(match => match.Value)
            .Distinct();
        foreach (string name in names.ToArray())
        {
            await TakeDown(name);
        }
    }

    private static async Task TakeDown(string lab)
    {
        string[] namespaces = Directory.Exists(Namespaces)
            ? [.. Directory.GetFiles(Namespaces, $"{lab}-*").Select(path => Path.GetFileName(path))]
            : [];
        foreach (string name in namespaces)
        {
            // A daemon that is asked takes its containers along.
            await End(name, Signal.Terminate);
            await End(name, Signal.Kill);
        }

        foreach (string name in namespaces)
        {
            await Programs.TryRun("ip", ["netns", "delete", name]);
        }

        try
        {
            await Cgroups.Remove(lab);
            Directory.Delete($"/tmp/{lab}", recursive: true);
        }
        catch (IOException)
        {
            // Another run sweeps at the same time, or the lab had no folder yet.
        }
    }

    private static async Task End(string networkNamespace, Signal signal)
    {
        foreach (int id in await ProcessesIn(networkNamespace))
        {
            LibC.Signal(id, signal);
        }

        try
        {
            await Wait.Until(
                async () => (await ProcessesIn(networkNamespace)).Length == 0, $"the end of {networkNamespace}");
        }
        catch (TimeoutException) when (signal is Signal.Terminate)
        {
            // It is killed next.
        }
    }

    private static async Task<int[]> ProcessesIn(string networkNamespace)
    {
        ProgramOutput output = await Programs.TryRun("ip", ["netns", "pids", networkNamespace]);
        return
        [
            .. output.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries)
                .Select(id => int.Parse(id, CultureInfo.InvariantCulture)),
        ];
    }

    [GeneratedRegex(@"^ts-(?<owner>\d+)-\d+")]
    private static partial Regex LabName();
}
