using System.Collections.Immutable;
using System.Runtime.Versioning;
using TailSplit.Core;
using TailSplit.Core.Services;

namespace TailSplit.Execution.Services;

/// <summary>Installs or removes the files of the service, and enables or disables its units.</summary>
/// <param name="folder">The folder of the files.</param>
/// <param name="wanted">The wanted files.</param>
[UnsupportedOSPlatform("windows")]
public sealed class ServiceRegistration(ServiceFolder folder, IEnumerable<ServiceFile> wanted)
{
    /// <summary>The files and the action for each, except files that neither exist nor are wanted.</summary>
    public ImmutableArray<(ServiceFile File, ServiceFileAction Kind)> Files { get; } =
    [
        .. wanted
            .Select(file => (File: file, Kind: folder.Compare(file)))
            .Where(each => each.File.Text is not null || each.Kind != ServiceFileAction.Keep),
    ];

    /// <summary>The files that exist once the service is registered.</summary>
    public IEnumerable<(ServiceFile File, ServiceFileAction Kind)> Written =>
        Files.Where(each => each.File.Text is not null);

    /// <summary>The files to remove.</summary>
    public IEnumerable<(ServiceFile File, ServiceFileAction Kind)> Removed =>
        Files.Where(each => each.File.Text is null);

    public bool ChangesAnything => Files.Any(each => each.Kind != ServiceFileAction.Keep);

    private IEnumerable<string> WantedUnits => ServiceLayout.Units.Where(
        unit => Files.Any(each => each.File.Path == ServiceLayout.UnitFile(unit) && each.File.Text is not null));

    /// <summary>Stops the units to remove, while systemd still has their files.</summary>
    /// <exception cref="TailSplitException">SystemdRefused, NotInstalled or PermissionDenied.</exception>
    public async Task StopAsync(Systemd systemd, CancellationToken cancellationToken)
    {
        foreach (string unit in ServiceLayout.Units.Except(WantedUnits))
        {
            bool hasFile = Files.Any(each => each.File.Path == ServiceLayout.UnitFile(unit));
            await (hasFile
                ? systemd.DisableAsync([unit], cancellationToken)
                : systemd.StopAsync(unit, cancellationToken)).ConfigureAwait(false);
        }
    }

    /// <summary>Enables the units, and starts the watcher.</summary>
    /// <inheritdoc cref="StopAsync" path="/exception"/>
    public async Task StartAsync(Systemd systemd, CancellationToken cancellationToken)
    {
        if (ChangesAnything)
            await systemd.ReloadAsync(cancellationToken).ConfigureAwait(false);

        await systemd.EnableAsync(WantedUnits, cancellationToken).ConfigureAwait(false);
        if (WantedUnits.Contains(ServiceLayout.WatchUnit))
            await systemd.RestartAsync(ServiceLayout.WatchUnit, cancellationToken).ConfigureAwait(false);
    }
}
