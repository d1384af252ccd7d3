namespace TailSplit.Core.Model;

/// <summary>Why a Docker network can't have a policy.</summary>
/// <param name="Word">One word for a table: what about the network is in the way.</param>
/// <param name="Reason">The whole reason, as the end of a sentence.</param>
internal sealed record PolicyObstacle(string Word, string Reason);
