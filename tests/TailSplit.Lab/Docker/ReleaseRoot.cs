using System.Collections.Concurrent;

namespace TailSplit.Lab;

/// <summary>
/// The root file system of another Debian release, made by debootstrap once per machine and reused by every lab.
/// </summary>
internal static class ReleaseRoot
{
    private const string Cache = "/var/cache/tailsplit-lab";

    // One at a time makes a root; several roots may be made at once.
    private static readonly ConcurrentDictionary<string, SemaphoreSlim> s_turns = new();

    public static string PathOf(string name) => $"{Cache}/{name}";

    /// <param name="name">The folder's name in the cache.</param>
    /// <param name="suite">The release.</param>
    /// <param name="packages">What it has besides the minimum, as debootstrap takes it.</param>
    /// <exception cref="EngineUnavailableException">The release could not be fetched.</exception>
    public static async Task Prepare(string name, string suite, string packages)
    {
        SemaphoreSlim turn = s_turns.GetOrAdd(name, static _ => new SemaphoreSlim(1, 1));
        await turn.WaitAsync();
        try
        {
            if (!Directory.Exists(PathOf(name)))
            {
                await Bootstrap(PathOf(name), suite, packages);
            }
        }
        finally
        {
            turn.Release();
        }
    }

    private static async Task Bootstrap(string root, string suite, string packages)
    {
        Directory.CreateDirectory(Cache);
        string unfinished = $"{root}.{Environment.ProcessId}";
        ProgramOutput made = await Programs.TryRun(
            "debootstrap",
            ["--variant=minbase", $"--include={packages}", suite, unfinished],
            limit: TimeSpan.FromMinutes(5));
        if (!made.Succeeded)
        {
            await Programs.TryRun("rm", ["-rf", "--one-file-system", unfinished]);
            throw new EngineUnavailableException($"debootstrap could not fetch {suite}: {made.Error.Trim()}");
        }

        Directory.Move(unfinished, root);
    }
}
