namespace TailSplit.Tests.Fakes;

/// <summary>
/// In place of /run/tailsplit: a folder for each host, so that neither tests that run side by side nor TailSplit at work
/// on this machine meet. Gone with the process.
/// </summary>
internal static class FakeRuntimeFolder
{
    private static readonly string s_all = Create();
    private static int s_hosts;

    public static string Next() => Path.Combine(s_all, $"{Interlocked.Increment(ref s_hosts)}");

    private static string Create()
    {
        string all = Directory.CreateTempSubdirectory("tailsplit-hosts-").FullName;
        AppDomain.CurrentDomain.ProcessExit += (_, _) => Directory.Delete(all, recursive: true);
        return all;
    }
}
