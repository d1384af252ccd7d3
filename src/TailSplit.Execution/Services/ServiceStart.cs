using System.Runtime.Versioning;
using TailSplit.Core;
using TailSplit.Core.Errors;
using TailSplit.Core.Services;
using TailSplit.Core.Trust;
using TailSplit.Execution.Containers;
using TailSplit.Execution.Files;

namespace TailSplit.Execution.Services;

/// <summary>
/// What the units of the service start. A unit runs as root, so it must not load files that other users can change.
/// </summary>
/// <param name="folder">The files of the service.</param>
/// <param name="root">The root folder of an image; null for this host.</param>
[UnsupportedOSPlatform("windows")]
public sealed class ServiceStart(ServiceFolder folder, string? root)
{
    // The programs that cmdlets run in a unit and that exist as snaps.
    private static readonly string[] s_programs = ["docker", "tailscale"];

    private static readonly string[] s_folders = [ServiceLayout.Folder, ServiceLayout.UnitFolder];

    // An image belongs to root or to the user who builds it.
    private readonly FileTrustReader _trust = root is null ? new() : new(root, FileStatus.CurrentUser);

    /// <summary>The command line by which units start PowerShell.</summary>
    /// <param name="program">The PowerShell.</param>
    /// <param name="module">The module.</param>
    public ServiceCommand Command(UnitProgram program, string module) => new(
        program,
        module,
        program.IsSnap
            || s_programs.Select(folder.FindProgram).Any(path => path is not null && SnapPath.IsCommand(path)),
        folder.FindProgram(Podman.Program) is not null && Podman.Traces.Any(folder.Has));

    /// <summary>
    /// Checks what the units load: files that must not run as root, and missing files. It also checks the folders of
    /// the service, whose script and rules root loads at boot.
    /// </summary>
    public IReadOnlyList<Failure> Check(ServiceCommand command) =>
    [
        .. command.Program.Paths.Append(command.Module).Select(Check).OfType<Failure>(),
        .. s_folders.Select(CheckFolder).OfType<Failure>(),
    ];

    /// <summary>Whether a failure stops the registration. An image may get missing programs later.</summary>
    public bool Refuses(Failure failure) => root is null || failure.Kind == FailureKind.PermissionDenied;

    private Failure? Check(string path)
    {
        FileTrust trust = _trust.OfLoaded(path);
        return trust.State switch
        {
            FileTrustState.Trusted => null,
            FileTrustState.Untrusted => Failures.UntrustedServiceProgram(path, trust.Reason),
            _ => Failures.ServiceProgramMissing(path, trust.Reason),
        };
    }

    private Failure? CheckFolder(string path) =>
        _trust.Of(path) is { State: FileTrustState.Untrusted } trust
            ? Failures.UntrustedServiceFolder(path, trust.Reason)
            : null;
}
