namespace TailSplit.Shell.Requests;

/// <summary>What the command line asked for.</summary>
internal abstract record ShellRequest
{
    private ShellRequest()
    {
    }

    /// <summary>False: no question is asked, a command that needs an answer fails.</summary>
    public bool Interactive { get; init; } = true;

    /// <summary>Run this text as one script.</summary>
    public sealed record Command(string Text) : ShellRequest;

    /// <summary>Read the whole of stdin, run it as one script.</summary>
    public sealed record ScriptFromInput : ShellRequest;

    /// <summary>Run a script file with these arguments.</summary>
    public sealed record File(string Path, IReadOnlyList<string> Arguments) : ShellRequest;

    /// <summary>Read statements from stdin, one after the other, until it ends.</summary>
    public sealed record Session : ShellRequest;

    public sealed record Help : ShellRequest;

    public sealed record Version : ShellRequest;
}
