using System.Collections.Immutable;

namespace TailSplit.Help.Maml;

/// <summary>Words for the parameters that the engine gives to every cmdlet that changes something.</summary>
internal static class EngineParameters
{
    public static ImmutableArray<string> TextOf(string parameter) => parameter switch
    {
        "WhatIf" => ["Says what would be done, and does none of it."],
        "Confirm" => ["Asks before anything is changed."],
        _ => [],
    };
}
