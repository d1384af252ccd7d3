using System.Text;

namespace TailSplit.Core.Nftables;

/// <summary>
/// Writes the text for one <c>nft -f -</c>, which the kernel commits completely or not at all, with only the changes. A
/// base chain that stays keeps its hook, a rule that stays keeps its counter, and no object of another program is
/// deleted.
/// </summary>
public static class NftDiff
{
    /// <param name="live">The live table.</param>
    /// <param name="wanted">The wanted objects, as <see cref="NftRenderer"/> gives it; nothing to remove all.</param>
    /// <returns>The text; empty if nothing changes.</returns>
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
