using System.Collections.Immutable;
using System.Management.Automation;

namespace TailSplit.Help.Maml;

/// <summary>A parameter set of a cmdlet, in the order of its syntax.</summary>
internal sealed class ParameterSetShape(CommandParameterSetInfo set, Type cmdlet, object instance)
{
    public ImmutableArray<ParameterShape> Parameters { get; } = [.. set.Parameters
        .Where(parameter => !Cmdlet.CommonParameters.Contains(parameter.Name))
        .Select(parameter => new ParameterShape(parameter, cmdlet, instance))
        .OrderBy(parameter => parameter.Position ?? int.MaxValue)
        .ThenBy(parameter => parameter.IsEngines)
        .ThenByDescending(parameter => parameter.IsMandatory)
        .ThenBy(parameter => parameter.Name, StringComparer.Ordinal)];
}
