using TailSplit.Core.Kernel;
using TailSplit.Execution.Files;
using TailSplit.Execution.Programs;

namespace TailSplit.Execution.Routing;

/// <summary>systemd-networkd's configuration, by the rules of networkd.conf(5).</summary>
internal sealed class Networkd(IProgramRunner runner, IHostFiles files)
{
    private const string Systemctl = "systemctl";

    /// <summary>Whether it deletes ip rules of others when it starts; null where it does not run.</summary>
    /// <exception cref="Core.TailSplitException">FileUnreadable.</exception>
    public async Task<bool?> DeletesForeignRulesAsync(CancellationToken cancellationToken)
    {
        if (!runner.IsInstalled(Systemctl))
            return null;

        // Its files below /run stay behind when it ends.
        ProgramResult active = await runner
            .RunAsync(new ProgramCall(Systemctl, "is-active", "systemd-networkd.service"), cancellationToken)
            .ConfigureAwait(false);
        return active.Output.Trim() is "active" or "activating" or "reloading"
            ? NetworkdConfig.DeletesForeignRules(Texts())
            : null;
    }

    private IEnumerable<string> Texts()
    {
        // Of main files, and of drop-ins with one name, the one in the folder that comes first counts.
        string? main = NetworkdConfig.Files.Select(files.Read).FirstOrDefault(text => text is not null);
        IEnumerable<string?> dropIns = NetworkdConfig.Files
            .Select(file => file + ".d")
            .SelectMany(folder => files.List(folder).Select(name => (Folder: folder, Name: name)))
            .Where(file => file.Name.EndsWith(".conf", StringComparison.Ordinal))
            .DistinctBy(file => file.Name)
            .OrderBy(file => file.Name, StringComparer.Ordinal)
            .Select(file => files.Read($"{file.Folder}/{file.Name}"));
        return dropIns.Prepend(main).OfType<string>();
    }
}
