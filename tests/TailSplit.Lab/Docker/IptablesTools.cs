
namespace TailSplit.Lab;

/// <summary>
/// A private folder in which <c>iptables</c> and its relatives mean one variant. Put first on a program's PATH it
/// does for that program what update-alternatives does for a whole machine.
/// </summary>
public sealed class IptablesTools
{
    private IptablesTools(IptablesVariant variant, string folder) => (Variant, Folder) = (variant, folder);

    public IptablesVariant Variant { get; }

    public string Folder { get; }

    /// <summary>PATH with this variant first.</summary>
    public string SearchPath => $"{Folder}:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

    public static IptablesTools Create(string labFolder, IptablesVariant variant)
    {
        string folder = Path.Combine(labFolder, "tools");
        Directory.CreateDirectory(folder);
        foreach (string family in (string[])["iptables", "ip6tables"])
        {
            foreach (string tool in (string[])["", "-save", "-restore"])
            {
                string target = $"/usr/sbin/{Name(family, variant)}{tool}";
                File.CreateSymbolicLink(Path.Combine(folder, family + tool), target);
            }
        }

        return new(variant, folder);
    }

    /// <summary>The command that names its variant: <c>ip6tables-legacy</c>.</summary>
    public static string Name(string family, IptablesVariant variant) =>
        variant is IptablesVariant.Legacy ? $"{family}-legacy" : $"{family}-nft";
}
