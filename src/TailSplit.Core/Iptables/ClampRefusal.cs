using System.Globalization;
using System.Text.RegularExpressions;

namespace TailSplit.Core.Iptables;

/// <summary>Finds in the output of iptables-restore that the kernel can't clamp a segment size (xt_TCPMSS).</summary>
public static partial class ClampRefusal
{
    /// <summary>
    /// Whether iptables-restore refused a text because of the clamp: an old version only prints "line 30 failed".
    /// </summary>
    public static bool Is(string text, string complaint)
    {
        string[] lines = text.Split('\n');
        int mangle = Array.IndexOf(lines, $"*{IptablesTable.Mangle.NameOf()}");
        // A kernel that is short of memory, or another writer, says nothing about the target.
        if (mangle < 0 || !text.Contains(IptablesTargets.Clamp, StringComparison.Ordinal)
            || complaint.Contains("temporarily unavailable", StringComparison.Ordinal))
        {
            return false;
        }

        return ((string[])["TCPMSS", "clamp-mss", OwnChains.Mss, IptablesTable.Mangle.NameOf()]).Any(
                word => complaint.Contains(word, StringComparison.Ordinal))
            || Line().Matches(complaint).Any(line =>
                int.TryParse(line.Groups[1].ValueSpan, CultureInfo.InvariantCulture, out int number)
                    && number > mangle);
    }

    [GeneratedRegex("\\bline:? ([0-9]+)", RegexOptions.CultureInvariant)]
    private static partial Regex Line();
}
