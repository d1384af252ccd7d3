namespace TailSplit.Core.Trust;

/// <summary>Whether a file can be trusted, and why not.</summary>
/// <param name="State">The answer.</param>
/// <param name="Reason">The reason against trust, as a clause: "/home/ann belongs to user 1000, who is not root". Empty
/// where the file is trusted.</param>
public sealed record FileTrust(FileTrustState State, string Reason)
{
    public static FileTrust Trusted { get; } = new(FileTrustState.Trusted, "");

    public static FileTrust Missing(string path) => new(FileTrustState.Missing, $"{path} does not exist");

    public static FileTrust Unseen(string path) => new(FileTrustState.Unseen, $"this user can't read {path}");

    public static FileTrust Untrusted(string reason) => new(FileTrustState.Untrusted, reason);

    public bool IsTrusted => State == FileTrustState.Trusted;
}
