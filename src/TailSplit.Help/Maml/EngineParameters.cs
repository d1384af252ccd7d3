using System.Collections.Immutable;

namespace TailSplit.Help.Maml;

/// <summary>Descriptions of the parameters that SupportsShouldProcess adds to a cmdlet.</summary>
internal static class EngineParameters
{
    public static ImmutableArray<string> TextOf(string parameter) => parameter switch
    {
        "WhatIf" => ["Says what would be done, and does none of it."],
        "Confirm" => ["Asks before anything is changed."],
        _ => [],
    };
}
