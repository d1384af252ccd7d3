using System.Text.RegularExpressions;

namespace TailSplit.Core.Iptables;

/// <summary>
/// Finds in the output of iptables-restore that the kernel lacks a module for a target of TailSplit. Many kernels of
/// small devices have no xt_CONNMARK, and after a kernel update the running one no longer finds its modules.
/// </summary>
public static partial class MissingExtension
{
    /// <summary>The advice, as a sentence that follows others; empty for any other reason.</summary>
    public static string Advice(string complaint)
    {
        string? extension = Name().Match(complaint) is { Success: true } named
            ? named.Groups["name"].Value.ToUpperInvariant()
            // Without the module, the tool knows none of its options.
            : complaint.Contains("--save-mark", StringComparison.Ordinal)
                || complaint.Contains("--restore-mark", StringComparison.Ordinal)
                ? "CONNMARK"
            : complaint.Contains("--set-xmark", StringComparison.Ordinal) ? "MARK"
            : null;
        return extension switch
        {
            null => "",
            "MARK" or "CONNMARK" =>
                $" The running kernel has no xt_{extension}. Reboot after a kernel update. On a kernel without the " +
                "module, New-TailSplitBypass -Mechanism Route needs neither MARK nor CONNMARK.",
            _ => $" The running kernel has no module for {extension}. Reboot after a kernel update.",
        };
    }

    [GeneratedRegex(
        "(Extension|target `|match `|target \"|match \")\\s*(?<name>[A-Za-z_0-9]+)", RegexOptions.CultureInvariant)]
    private static partial Regex Name();
}
