using TailSplit.Core.Kernel;
using TailSplit.Execution.Programs;

namespace TailSplit.Execution.Routing;

/// <summary>Reads the configuration of systemd-networkd (networkd.conf(5)).</summary>
internal sealed class Networkd(Machine machine)
{
    private const string Systemctl = "systemctl";

    /// <summary>Whether it deletes foreign ip rules when it starts; null if it does not run.</summary>
    /// <exception cref="Core.TailSplitException">FileUnreadable.</exception>
    public async Task<bool?> DeletesForeignRulesAsync(CancellationToken cancellationToken)
    {
        if (!machine.Programs.IsInstalled(Systemctl))
            return null;

        // Its files below /run remain when it ends.
        ProgramResult active = await machine.Programs
            .RunAsync(new ProgramCall(Systemctl, "is-active", "systemd-networkd.service"), cancellationToken)
            .ConfigureAwait(false);
        return active.Output.Trim() is "active" or "activating" or "reloading"
            ? NetworkdConfig.DeletesForeignRules(Texts())
            : null;
    }

    private IEnumerable<string> Texts()
    {
        // Among main files, and among drop-ins with the same name, the one in the first folder applies.
        string? main = NetworkdConfig.Files.Select(machine.Files.Read).FirstOrDefault(text => text is not null);
        IEnumerable<string?> dropIns = NetworkdConfig.Files
            .Select(file => file + ".d")
            .SelectMany(folder => machine.Files.List(folder).Select(name => (Folder: folder, Name: name)))
            .Where(file => file.Name.EndsWith(".conf", StringComparison.Ordinal))
            .DistinctBy(file => file.Name)
            .OrderBy(file => file.Name, StringComparer.Ordinal)
            .Select(file => machine.Files.Read($"{file.Folder}/{file.Name}"));
        return dropIns.Prepend(main).OfType<string>();
    }
}
