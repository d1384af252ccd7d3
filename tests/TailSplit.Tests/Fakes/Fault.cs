using TailSplit.Execution.Programs;

namespace TailSplit.Tests.Fakes;

/// <summary>A failure to come: which calls it is for, how often, and what the tool says.</summary>
/// <param name="Applies">Which calls.</param>
internal sealed record Fault(Func<ProgramCall, bool> Applies)
{
    public FaultPoint Point { get; init; }

    public int ExitCode { get; init; } = 4;

    public string Words { get; init; } = "out of memory";

    /// <summary>How many of the calls that it is for go well before.</summary>
    public int Skip { get; set; }

    /// <summary>How many fail then.</summary>
    public int Times { get; set; } = 1;

    /// <summary>Counts this call; whether it is one that fails.</summary>
    public bool Strikes(ProgramCall call)
    {
        if (Times == 0 || !Applies(call))
            return false;

        if (Skip > 0)
        {
            Skip--;
            return false;
        }

        Times--;
        return true;
    }
}
