namespace TailSplit.Core.Trust;

/// <summary>Folders of PowerShell modules (about_PSModulePath).</summary>
public static class PowerShellFolders
{
    /// <summary>The folder for all users, which only root can write.</summary>
    public const string AllUsers = "/usr/local/share/powershell/Modules";
}
