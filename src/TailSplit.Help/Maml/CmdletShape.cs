using System.Collections.Immutable;
using System.Management.Automation;
using System.Reflection;

namespace TailSplit.Help.Maml;

/// <summary>The parameters and types of a cmdlet, read from its class as the engine reads them.</summary>
internal sealed class CmdletShape
{
    private readonly CmdletInfo _info;

    private CmdletShape(Type type, CmdletAttribute cmdlet)
    {
        Type = type;
        _info = new CmdletInfo($"{cmdlet.VerbName}-{cmdlet.NounName}", type);
        object instance = Activator.CreateInstance(type)!;
        ParameterSets = [.. _info.ParameterSets.Select(set => new ParameterSetShape(set, type, instance))];
        Parameters = [.. ParameterSets
            .SelectMany(set => set.Parameters)
            .DistinctBy(parameter => parameter.Name)
            .OrderBy(parameter => parameter.IsEngines)
            .ThenBy(parameter => parameter.Name, StringComparer.Ordinal)];
        Outputs =
        [
            .. type.GetCustomAttributes<OutputTypeAttribute>()
                .SelectMany(output => output.Type)
                .Select(output => output.Name)
        ];
    }

    public Type Type { get; }

    public string Name => _info.Name;

    public string Verb => _info.Verb;

    public string Noun => _info.Noun;

    public ImmutableArray<ParameterSetShape> ParameterSets { get; }

    /// <summary>Each parameter once; those of the engine (WhatIf, Confirm) come last.</summary>
    public ImmutableArray<ParameterShape> Parameters { get; }

    public ImmutableArray<string> Outputs { get; }

    public static IEnumerable<CmdletShape> AllOf(Assembly assembly) => assembly.GetTypes()
        .Select(type => (Type: type, Cmdlet: type.GetCustomAttribute<CmdletAttribute>()))
        .Where(pair => pair.Cmdlet is not null)
        .OrderBy(pair => $"{pair.Cmdlet!.VerbName}-{pair.Cmdlet.NounName}", StringComparer.Ordinal)
        .Select(pair => new CmdletShape(pair.Type, pair.Cmdlet!));

    public override string ToString() => Name;
}
