using TailSplit.Execution.Programs;

namespace TailSplit.Tests.Fakes;

/// <summary>A program that was run on the fake host, and how it ended; null where it threw.</summary>
internal sealed record FakeCall(ProgramCall Call, ProgramResult? Result)
{
    public bool IsWrite => WritesRules(Call);

    public override string ToString() => Call.ToString();

    /// <summary>Whether this call changes something in the kernel.</summary>
    public static bool WritesRules(ProgramCall call) => call.Program switch
    {
        "ip" => call.Arguments.Contains("-batch"),
        "conntrack" => call.Arguments.Contains("-D"),
        string program => program.EndsWith("-restore", StringComparison.Ordinal)
            && !call.Arguments.Contains("--test") && call.Arguments is not ["--version"],
    };
}
