using TailSplit.Execution.Programs;

namespace TailSplit.Tests.Fakes;

/// <summary>How a tool ends that can't do what it was told: its exit code and its own words.</summary>
internal sealed class ToolFailure(int exitCode, string words, string output = "") : Exception(words)
{
    public ProgramResult Result { get; } = new(exitCode, output, words + "\n");
}
