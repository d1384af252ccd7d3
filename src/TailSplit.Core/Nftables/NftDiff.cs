using System.Text;

namespace TailSplit.Core.Nftables;

/// <summary>
/// Writes the text for one <c>nft -f -</c>, which the kernel carries out whole or not at all: only what changes. A base
/// chain that stays keeps its hook, a rule that stays keeps its counter, and nothing of others is deleted.
/// </summary>
public static class NftDiff
{
    /// <param name="live">What is in force.</param>
    /// <param name="wanted">What is to be in force, as <see cref="NftRenderer"/> gives it; nothing to remove
    /// all.</param>
    /// <returns>The text; empty where nothing is to do.</returns>
    public static string Write(NftContent live, IReadOnlyCollection<NftObject> wanted)
    {
        if (wanted.Count == 0 && !live.HasForeign)
            return live.Exists ? $"delete {new NftTable().Place}\n" : "";

        StringBuilder text = new();
        NftChange change = new(live, wanted);
        foreach (string line in change.Lines())
            text.Append(line).Append('\n');

        return text.ToString();
    }
}
