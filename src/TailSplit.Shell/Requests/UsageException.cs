namespace TailSplit.Shell.Requests;

/// <summary>The command line cannot be used as it is; the message says why, in one line.</summary>
internal sealed class UsageException(string message) : Exception(message);
