using System.Collections.Immutable;
using TailSplit.Core.Model;
using TailSplit.Execution.Files;
using TailSplit.Execution.Programs;

namespace TailSplit.Execution;

/// <summary>
/// The machine on which TailSplit works, in the network namespace of this process. Tests substitute it.
/// </summary>
/// <param name="Programs">Runs its programs.</param>
/// <param name="Files">Reads its small files.</param>
public sealed record Machine(IProgramRunner Programs, IHostFiles Files)
{
    /// <summary>Whether this process is root. If not, programs that need root run by sudo.</summary>
    public required bool IsRoot { get; init; }

    /// <summary>The folder for locks and for notices to watchers. It does not survive a reboot.</summary>
    public required string RuntimeFolder { get; init; }

    /// <summary>The owner, type and permissions of what lies at a path; null if nothing does.</summary>
    internal Func<string, FileStatus?> StatusOf { get; init; } = FileStatus.OfEntry;

    /// <summary>The inode of the network namespace (namespaces(7)). Each namespace has its own rules.</summary>
    public string NetworkNamespace { get; init; } =
        string.Concat((new FileInfo("/proc/self/ns/net").LinkTarget ?? "0").Where(char.IsAsciiDigit));

    /// <summary>Whether the kernel has IPv6 in this network namespace (ipv6.disable=1 removes the file).</summary>
    public bool HasIPv6 => Files.Exists("/proc/self/net/if_inet6");

    /// <summary>The address families of this network namespace.</summary>
    public ImmutableArray<IpFamily> Families => HasIPv6 ? [IpFamily.IPv4, IpFamily.IPv6] : [IpFamily.IPv4];

    /// <summary>The machine of this process.</summary>
    /// <param name="log">Receives each program that ran, and its duration, from any thread.</param>
    public static Machine OfThisProcess(Action<string> log)
    {
        ProgramRunner programs = new(log);
        return new(programs, new HostFiles()) { IsRoot = programs.IsRoot, RuntimeFolder = "/run/tailsplit" };
    }
}
