using System.Collections.Immutable;

namespace TailSplit.Core.Services;

/// <summary>Warnings about what the units start, before the first boot with them.</summary>
public static class ServiceWarnings
{
    /// <param name="command">What the units start.</param>
    /// <param name="module">Where they find the module.</param>
    /// <param name="otherDocker">The variable that makes this process use another Docker; null if none does.</param>
    /// <param name="failures">What is wrong with the files that they load.</param>
    public static ImmutableArray<string> Of(
        ServiceCommand command, ModuleLocation module, string? otherDocker, IEnumerable<Failure> failures)
    {
        IEnumerable<string?> warnings =
        [
            command.Program.Impermanence,
            module.Advice,
            otherDocker is null
                ? null
                : $"The units ignore {otherDocker} and ask this host's own Docker. To make them use that variable, " +
                    $"add 'Environment={otherDocker}' with: systemctl edit {ServiceLayout.SyncUnit} " +
                    ServiceLayout.WatchUnit,
            .. command.Program.Paths.Append(command.Module).Where(LastingPath.IsTemporary).Select(path =>
                $"The units will fail: they need {path}, which is in a folder for temporary files. The host empties " +
                "such folders at boot, and the units have their own /tmp. Install it elsewhere, then run the command " +
                "again."),
            .. failures.Select(failure => $"{failure.Message} {failure.Remedy}"),
        ];
        return [.. warnings.OfType<string>()];
    }
}
