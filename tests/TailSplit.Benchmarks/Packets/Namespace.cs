using Microsoft.Win32.SafeHandles;

namespace TailSplit.Benchmarks.Packets;

/// <summary>A network namespace of our own; deleted with whatever is in it.</summary>
internal sealed class Namespace : IAsyncDisposable
{
    private Namespace(string name) => Name = name;

    public string Name { get; }

    public string FilePath => $"/run/netns/{Name}";

    public static async Task<Namespace> CreateAsync(string name)
    {
        await Programs.RunAsync("ip", ["netns", "add", name]);
        return new Namespace(name);
    }

    public Task<string> RunAsync(string program, IEnumerable<string> arguments, string? input = null) =>
        Programs.RunAsync("nsenter", [$"--net={FilePath}", program, .. arguments], input);

    /// <summary>Runs lines of <c>ip -batch</c>.</summary>
    public Task IpAsync(string lines, string family = "-4") => RunAsync("ip", [family, "-batch", "-"], lines);

    public Task SetAsync(params string[] sysctls) => RunAsync("sysctl", ["-q", "-w", .. sysctls]);

    /// <summary>Runs work on a thread inside, which ends with it.</summary>
    public T Enter<T>(Func<T> work)
    {
        T? result = default;
        Exception? failure = null;
        Thread thread = new(() =>
        {
            try
            {
                using SafeFileHandle handle = File.OpenHandle(FilePath);
                LibC.EnterNetwork((int)handle.DangerousGetHandle());
                result = work();
            }
            catch (Exception e)
            {
                failure = e;
            }
        });
        thread.Start();
        thread.Join();
        return failure is null ? result! : throw new InvalidOperationException(failure.Message, failure);
    }

    public async ValueTask DisposeAsync() => await Programs.RunAsync("ip", ["netns", "delete", Name]);
}
