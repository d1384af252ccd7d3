using System.Collections.Immutable;
using System.Globalization;
using System.Management.Automation;
using System.Reflection;

namespace TailSplit.Help.Maml;

/// <summary>A parameter of a cmdlet, in one of its parameter sets.</summary>
internal sealed class ParameterShape
{
    private readonly CommandParameterInfo _info;

    public ParameterShape(CommandParameterInfo info, Type cmdlet, object instance)
    {
        _info = info;
        // The class has no properties for WhatIf and Confirm.
        PropertyInfo? property = cmdlet.GetProperty(info.Name);
        IsEngines = property is null;
        AcceptsWildcards = property?.GetCustomAttribute<SupportsWildcardsAttribute>() is not null;
        Default = property?.GetValue(instance) switch
        {
            SwitchParameter value => value.IsPresent.ToString(),
            string { Length: > 0 } value => value,
            ValueType value => Convert.ToString(value, CultureInfo.InvariantCulture)!,
            _ => info.ParameterType == typeof(SwitchParameter) ? bool.FalseString : "None",
        };
    }

    public string Name => _info.Name;

    /// <summary>Whether the engine adds it to each cmdlet that supports ShouldProcess.</summary>
    public bool IsEngines { get; }

    public bool IsMandatory => _info.IsMandatory;

    public int? Position => _info.Position >= 0 ? _info.Position : null;

    public bool AcceptsWildcards { get; }

    public bool IsSwitch => _info.ParameterType == typeof(SwitchParameter);

    public string Default { get; }

    public ImmutableArray<string> Aliases => [.. _info.Aliases];

    public bool TakesPipeline => _info.ValueFromPipeline || _info.ValueFromPipelineByPropertyName;

    public string Pipeline => (_info.ValueFromPipeline, _info.ValueFromPipelineByPropertyName) switch
    {
        (true, true) => "True (ByPropertyName, ByValue)",
        (true, false) => "True (ByValue)",
        (false, true) => "True (ByPropertyName)",
        (false, false) => "False",
    };

    public string TypeName => Named(_info.ParameterType);

    /// <summary>The allowed values; empty if any value is allowed.</summary>
    public ImmutableArray<string> Words
    {
        get
        {
            Type type = Nullable.GetUnderlyingType(_info.ParameterType) ?? _info.ParameterType;
            return type.IsEnum
                ? [.. Enum.GetNames(type)]
                : [.. _info.Attributes.OfType<ValidateSetAttribute>().SelectMany(set => set.ValidValues)];
        }
    }

    private static string Named(Type type) => type.IsArray
        ? $"{Named(type.GetElementType()!)}[]"
        : (Nullable.GetUnderlyingType(type) ?? type).Name;
}
