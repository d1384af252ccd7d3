using TailSplit.Execution.Watching;

namespace TailSplit.Output;

/// <summary>What Watch-TailSplitPolicy noticed, and what it did.</summary>
public sealed class TailSplitEvent
{
    internal TailSplitEvent(WatchEvent seen)
    {
        Time = seen.Time;
        Kind = seen.Kind.ToString();
        Policy = seen.Policy;
        Network = seen.Network;
        Outcome = seen.Outcome.ToString();
        Detail = seen.Detail;
    }

    public DateTimeOffset Time { get; }

    /// <summary>
    /// What it noticed: Started, NetworkCreated, NetworkRemoved, RoutingChanged, FirewallChanged, FileChanged,
    /// CommandRun, SourceLost, SourceFound, Checked.
    /// </summary>
    public string Kind { get; }

    public string? Policy { get; }

    public string? Network { get; }

    /// <summary>What it did: None, Held, Repaired, Removed, Delayed, Failed.</summary>
    public string Outcome { get; }

    public string Detail { get; }

    /// <summary>The event as a line of a log.</summary>
    public override string ToString() => string.Join(
        ' ',
        ((string?[])
        [
            Kind,
            Outcome == nameof(WatchOutcome.None) ? null : Outcome,
            Policy,
            Network is null ? null : $"({Network})"
        ])
            .OfType<string>()) + $": {Detail}";
}
