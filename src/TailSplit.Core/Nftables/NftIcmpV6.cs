using System.Globalization;

namespace TailSplit.Core.Nftables;

/// <summary>
/// The names of nft for the messages of neighbour discovery (RFC 4861); it lists no numbers for them.
/// </summary>
internal static class NftIcmpV6
{
    private static readonly (int Type, string Name)[] s_names =
    [
        (133, "nd-router-solicit"), (134, "nd-router-advert"), (135, "nd-neighbor-solicit"),
        (136, "nd-neighbor-advert"), (137, "nd-redirect"),
    ];

    public static string NameOf(int type) =>
        Array.Find(s_names, each => each.Type == type).Name ?? type.ToString(CultureInfo.InvariantCulture);

    /// <summary>The type of a name; null for one that TailSplit never writes.</summary>
    public static int? TypeOf(string? name) =>
        Array.Find(s_names, each => each.Name == name) is (int type, not null) ? type : null;
}
