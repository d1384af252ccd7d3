using TailSplit.Core.Trust;

namespace TailSplit.Core.Services;

/// <summary>Where units find the module.</summary>
/// <param name="Path">
/// Its folder without a version, of which Import-Module selects the highest, or its manifest.
/// </param>
/// <param name="Advice">A warning if it is not the folder for all users; null if it is.</param>
public sealed record ModuleLocation(string Path, string? Advice)
{
    private const string Name = "TailSplit";

    /// <param name="folder">The full path of the folder with the manifest.</param>
    public static ModuleLocation Of(string folder)
    {
        string parent = System.IO.Path.GetDirectoryName(folder) ?? "/";
        bool hasVersion = System.IO.Path.GetFileName(parent) == Name
            && Version.TryParse(System.IO.Path.GetFileName(folder).Split('-')[0], out _);

        // Import-Module accepts a folder only if it has the name of the module.
        string shared = $"{PowerShellFolders.AllUsers}/{Name}";
        string lasting = hasVersion ? parent : folder == shared ? folder : $"{folder}/{Name}.psd1";
        return new ModuleLocation(
            lasting,
            lasting == shared
                ? null
                : $"The units load the module from {lasting}, which is not the folder for all users. If that folder " +
                    "is removed or its module fails, no policy is applied at boot, but killswitch networks stay " +
                    "closed. " +
                    $"Install the module for all users ({PowerShellFolders.AllUsers}), import it from there and run " +
                    "the command again.");
    }
}
