using System.Collections.Immutable;

namespace TailSplit.Help.Maml;

/// <summary>Descriptions of the parameters that SupportsShouldProcess adds to a cmdlet.</summary>
internal static class EngineParameters
{
    public static ImmutableArray<string> TextOf(string parameter) => parameter switch
    {
        "WhatIf" => ["Shows what the cmdlet would do, and changes nothing."],
        "Confirm" => ["Asks before the cmdlet changes anything."],
        _ => [],
    };
}
