using System.Collections.Immutable;
using System.Runtime.Versioning;
using TailSplit.Core;
using TailSplit.Core.Services;

namespace TailSplit.Execution.Services;

/// <summary>Puts the files of the service in place, and has systemd follow.</summary>
/// <param name="folder">Where the files are.</param>
/// <param name="wanted">Every file as it should be.</param>
[UnsupportedOSPlatform("windows")]
public sealed class ServiceRegistration(ServiceFolder folder, IEnumerable<ServiceFile> wanted)
{
    /// <summary>What has to be done about each file; those that neither are there nor should be are left out.</summary>
    public ImmutableArray<(ServiceFile File, ServiceFileAction Kind)> Files { get; } =
    [
        .. wanted
            .Select(file => (File: file, Kind: folder.Compare(file)))
            .Where(each => each.File.Text is not null || each.Kind != ServiceFileAction.Keep),
    ];

    /// <summary>The files that are there once the service is registered.</summary>
    public IEnumerable<(ServiceFile File, ServiceFileAction Kind)> Written =>
        Files.Where(each => each.File.Text is not null);

    /// <summary>The files that are to go.</summary>
    public IEnumerable<(ServiceFile File, ServiceFileAction Kind)> Removed =>
        Files.Where(each => each.File.Text is null);

    public bool ChangesAnything => Files.Any(each => each.Kind != ServiceFileAction.Keep);

    private IEnumerable<string> WantedUnits => ServiceLayout.Units.Where(
        unit => Files.Any(each => each.File.Path == ServiceLayout.UnitFile(unit) && each.File.Text is not null));

    /// <summary>Stops the units that are to go, while systemd still knows their files.</summary>
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

    /// <summary>Has systemd start the units at boot, and the watcher at once.</summary>
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
