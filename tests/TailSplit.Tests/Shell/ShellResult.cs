namespace TailSplit.Tests.Shell;

/// <summary>What a run of the shell left behind.</summary>
internal sealed record ShellResult(int ExitCode, string Output, string Error)
{
    public string[] OutputLines => Output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
}
