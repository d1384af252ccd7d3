using System.Management.Automation;
using System.Runtime.Versioning;
using TailSplit.Core.Services;
using TailSplit.Execution.Services;
using TailSplit.Output;

namespace TailSplit.Commands;

/// <summary>
/// Unregister-TailSplitService: removes every file of the service. Policies in force stay until they are removed, or
/// until the next boot.
/// </summary>
[Cmdlet(
    VerbsLifecycle.Unregister, "TailSplitService", SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.Medium)]
[OutputType(typeof(TailSplitServiceFile))]
[UnsupportedOSPlatform("windows")]
public sealed class UnregisterTailSplitServiceCommand : TailSplitCommand
{
    /// <summary>
    /// The root folder of another system, such as an image. Files are removed there, and systemd is not called.
    /// </summary>
    [Parameter(Position = 0)]
    [ValidateNotNullOrEmpty]
    public string? Root { get; set; }

    protected override void EndProcessing()
    {
        bool preview = IsWhatIf;
        ServiceFolder folder = new(Root is null ? "/" : GetUnresolvedProviderPathFromPSPath(Root));
        ServiceFile[] files = [.. ServiceLayout.Units.SelectMany(ServiceLayout.Links)
            .Concat(ServiceLayout.Files.Reverse())
            .Select(path => new ServiceFile(path, null, UnixFileMode.None))
            .Where(file => folder.Compare(file) == ServiceFileAction.Remove)];
        bool approved = files.Length > 0
            && ShouldProcess(folder.Locate(ServiceLayout.UnitFolder), "Unregister the service");
        if (!approved && !preview)
            return;

        string[] units =
        [
            .. ServiceLayout.Units.Where(unit => files.Any(file => file.Path == ServiceLayout.UnitFile(unit)))
        ];
        // Runs while the files exist, since systemd can't disable units without them.
        if (approved && Root is null && units.Length > 0)
            AwaitOrThrow(stop => new Systemd(Machine.Programs).DisableAsync(units, stop));

        // A unit can still run after its file was removed.
        foreach (string unit in approved && Root is null ? ServiceLayout.Units.Except(units) : [])
            AwaitOrThrow(stop => new Systemd(Machine.Programs).StopAsync(unit, stop));

        foreach (ServiceFile file in files)
        {
            if (approved)
                OrThrow(() => folder.Put(file));

            WriteObject(ServiceFileReport.Of(folder, file, ServiceFileAction.Remove, planned: !approved));
        }

        if (!approved)
            return;

        folder.RemoveEmptyFolder();
        if (Root is null && units.Length > 0)
            AwaitOrThrow(new Systemd(Machine.Programs).ReloadAsync);
    }
}
