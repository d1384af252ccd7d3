using System.Collections.Immutable;
using TailSplit.Core;
using TailSplit.Core.Services;
using TailSplit.Execution.Files;

namespace TailSplit.Execution.Services;

/// <summary>Checks whether the installed units will start: the files they name must exist and be trusted.</summary>
public sealed class ServiceUnitReader(IHostFiles files)
{
    public ImmutableArray<UnitTrouble> Read() => [.. ServiceLayout.Units.SelectMany(Read)];

    private IEnumerable<UnitTrouble> Read(string unit)
    {
        string path = ServiceLayout.UnitFile(unit);
        if (TryRead(path) is not string text || UnitStart.Of(text) is not { } start)
            return [];

        List<UnitTrouble> troubles =
            [.. start.Paths.Select(each => UnitTrouble.Of(unit, each, files.TrustOf(each))).OfType<UnitTrouble>()];
        if (!ServiceLayout.Links(unit).Any(files.Exists))
            troubles.Add(UnitTrouble.Disabled(unit));

        if (start.IsTool(files.Exists) && !start.SearchPath.Any(folder => files.Exists($"{folder}/dotnet")))
            troubles.Add(UnitTrouble.WithoutDotnet(unit, start.Program[0]));

        return troubles;
    }

    private string? TryRead(string path)
    {
        try
        {
            return files.Read(path);
        }
        catch (TailSplitException)
        {
            return null;
        }
    }
}
