namespace TailSplit.Lab;

/// <summary>
/// What a script said: in <see cref="Error"/> warnings and verbose lines as well. It succeeded where <c>$?</c>
/// was true afterwards.
/// </summary>
public sealed record ShellResult(string Script, string Output, string Error, bool Succeeded)
{
    /// <exception cref="InvalidOperationException">The script failed, or wrote to stderr.</exception>
    public ShellResult OrThrow() =>
        Succeeded && Error.Length == 0
            ? this
            : throw new InvalidOperationException($"'{Script}' failed:\n{Error}\n{Output}");

    public override string ToString() => $"> {Script}\n{Output}{Error}";
}
