namespace TailSplit.Shell;

/// <summary>What the process ends with, unless a script says otherwise with <c>exit N</c>.</summary>
internal static class ExitCode
{
    public const int Success = 0;

    /// <summary>A terminating error, or <c>$?</c> was false at the end: as pwsh has it for -Command.</summary>
    public const int Failed = 1;

    /// <summary>EX_USAGE of sysexits.h, which pwsh uses too.</summary>
    public const int Usage = 64;

    /// <summary>EX_SOFTWARE of sysexits.h: there is no module to work with.</summary>
    public const int NoModule = 70;

    /// <summary>128 + SIGINT.</summary>
    public const int Interrupted = 130;

    /// <summary>128 + SIGTERM.</summary>
    public const int Terminated = 143;
}
