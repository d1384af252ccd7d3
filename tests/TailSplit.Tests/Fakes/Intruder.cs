using TailSplit.Execution.Programs;

namespace TailSplit.Tests.Fakes;

/// <summary>Somebody else who writes just after a certain call of ours: Docker, firewalld, a person.</summary>
/// <param name="After">After which call.</param>
/// <param name="Act">What is written.</param>
internal sealed record Intruder(Func<ProgramCall, bool> After, Action<FakeHost> Act)
{
    /// <summary>How often at most.</summary>
    public int Times { get; set; } = 1;
}
