using System.Net;
using System.Net.Sockets;
using System.Runtime.ExceptionServices;
using Microsoft.Win32.SafeHandles;

namespace TailSplit.Lab;

/// <summary>
/// A network namespace: one that the lab made, or a container's. Sockets created inside <see cref="Enter{T}"/>
/// belong to it for good, whichever thread uses them later; so probes and servers are plain .NET sockets.
/// </summary>
public sealed class NetworkNamespace : IAsyncDisposable
{
    private const int StackSize = 256 * 1024;
    private readonly SafeFileHandle _handle;
    private readonly bool _made;

    private NetworkNamespace(string name, string path, bool made)
    {
        (Name, FilePath, _made) = (name, path, made);
        _handle = File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
    }

    public string Name { get; }

    public string FilePath { get; }

    public static async Task<NetworkNamespace> Create(string name)
    {
        await Programs.Run("ip", ["netns", "add", name]);
        return new(name, $"/run/netns/{name}", made: true);
    }

    public static NetworkNamespace OfProcess(int processId, string name) =>
        new(name, $"/proc/{processId}/ns/net", made: false);

    /// <summary>
    /// Runs a short piece of work inside. It gets a thread of its own, which ends with it, and must not start tasks:
    /// a pool thread that is born there would stay there.
    /// </summary>
    public T Enter<T>(Func<T> work)
    {
        T? result = default;
        ExceptionDispatchInfo? failure = null;
        Thread thread = new(
            () =>
            {
                try
                {
                    LibC.EnterNetwork(_handle);
                    result = work();
                }
                catch (Exception exception)
                {
                    failure = ExceptionDispatchInfo.Capture(exception);
                }
            },
            StackSize)
        {
            IsBackground = true,
            Name = Name,
        };
        thread.Start();
        thread.Join();
        failure?.Throw();
        return result!;
    }

    public void Enter(Action work) =>
        Enter(() =>
        {
            work();
            return true;
        });

    /// <summary>Runs a program inside and throws where it fails.</summary>
    public Task<ProgramOutput> Run(string program, IEnumerable<string> arguments, string? input = null) =>
        Programs.Run("nsenter", [$"--net={FilePath}", program, .. arguments], input);

    /// <summary>Runs a program inside; a failure is an answer, too.</summary>
    public Task<ProgramOutput> TryRun(string program, IEnumerable<string> arguments, string? input = null) =>
        Programs.TryRun("nsenter", [$"--net={FilePath}", program, .. arguments], input);

    /// <summary>Runs one program per line, words separated by single spaces: <c>iptables -A FORWARD -j DROP</c>.</summary>
    public async Task RunLines(string lines)
    {
        const StringSplitOptions filled = StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries;
        foreach (string line in lines.Split('\n', filled))
        {
            string[] words = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
            await Run(words[0], words[1..]);
        }
    }

    /// <summary>Runs ip(8) over many lines at once.</summary>
    public Task Ip(string batch, params string[] options) => Run("ip", [.. options, "-batch", "-"], batch);

    public bool HasInterface(string name) => Enter(() => LibC.HasInterface(name));

    /// <summary>Whether a socket can be bound to the address: it is there, and usable.</summary>
    public bool HasAddress(IPAddress address) =>
        Enter(() =>
        {
            using Socket socket = new(address.AddressFamily, SocketType.Dgram, ProtocolType.Udp);
            try
            {
                socket.Bind(new IPEndPoint(address, 0));
                return true;
            }
            catch (SocketException)
            {
                return false;
            }
        });

    /// <summary>Writes one value below /proc/sys; a dot parts the names, as in sysctl(8).</summary>
    public void SetSysctl(string name, int value) =>
        Enter(() => File.WriteAllText($"/proc/sys/{name.Replace('.', '/')}", $"{value}"));

    /// <summary>
    /// An answer is sent once, and a connection that its program gave up is forgotten within a second: what one test's
    /// cut connections still send for a minute is not in the next test's count. A lost SYN is sent again as ever, and
    /// open connections are not touched (ip-sysctl: tcp_synack_retries, tcp_orphan_retries).
    /// </summary>
    public void ForgoRepeats()
    {
        SetSysctl("net.ipv4.tcp_synack_retries", 0);
        SetSysctl("net.ipv4.tcp_orphan_retries", 1);
    }

    public async ValueTask DisposeAsync()
    {
        _handle.Dispose();
        if (_made)
        {
            await Programs.TryRun("ip", ["netns", "delete", Name]);
        }
    }

    public override string ToString() => Name;
}
