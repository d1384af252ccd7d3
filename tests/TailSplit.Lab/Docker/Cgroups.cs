using System.Globalization;

namespace TailSplit.Lab;

/// <summary>The cgroups below which dockerd puts a lab's containers: one folder in each hierarchy.</summary>
internal static class Cgroups
{
    private const string Root = "/sys/fs/cgroup";

    /// <summary>Removes them, with whatever still runs there.</summary>
    public static async Task Remove(string lab)
    {
        foreach (string folder in Directory.GetDirectories(Root).Append(Root).Select(hierarchy => $"{hierarchy}/{lab}"))
        {
            if (Directory.Exists(folder))
            {
                await Remove(new DirectoryInfo(folder));
            }
        }
    }

    // The files in a cgroup are the kernel's: an empty one goes by rmdir(2) alone, from the leaves up.
    private static async Task Remove(DirectoryInfo cgroup)
    {
        foreach (DirectoryInfo child in cgroup.GetDirectories())
        {
            await Remove(child);
        }

        await Wait.Until(() => End(cgroup), $"the processes in {cgroup}");
        cgroup.Delete();
    }

    private static bool End(DirectoryInfo cgroup)
    {
        string[] processes = File.ReadAllLines($"{cgroup}/cgroup.procs");
        foreach (string process in processes)
        {
            LibC.Signal(int.Parse(process, CultureInfo.InvariantCulture), Signal.Kill);
        }

        return processes.Length == 0;
    }
}
