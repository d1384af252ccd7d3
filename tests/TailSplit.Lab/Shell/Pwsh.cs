using System.Reflection;

namespace TailSplit.Lab;

/// <summary>The PowerShell of the tool manifest, and the module as built.</summary>
internal static class Pwsh
{
    /// <summary>The folder of TailSplit.sln.</summary>
    public static string Project { get; } = FindProject();

    public static string Manifest { get; } = Path.Combine(Project, "TailSplit.psd1");

    /// <summary>A .NET tool's program, to be started by dotnet.</summary>
    public static string FilePath { get; } = typeof(Pwsh).Assembly
        .GetCustomAttributes<AssemblyMetadataAttribute>()
        .Single(attribute => attribute.Key == "Pwsh")
        .Value!;

    /// <summary>The folder of <see cref="FilePath"/>.</summary>
    public static string Folder { get; } = Path.GetDirectoryName(FilePath)!;

    /// <summary>The command line that runs a script with the module loaded, in a process of its own.</summary>
    public static string[] Command(string script) => Command(script, Folder, Project);

    /// <summary>The same where PowerShell and the project are in other folders.</summary>
    public static string[] Command(string script, string powerShell, string project) =>
    [
        "dotnet", $"{powerShell}/pwsh.dll", .. s_options,
        "-Command", $"Import-Module '{project}/TailSplit.psd1'; {script}",
    ];

    /// <summary>The command line that runs a script file with arguments.</summary>
    public static string[] Run(string scriptFile, params string[] arguments) =>
        ["dotnet", FilePath, .. s_options, "-File", scriptFile, .. arguments];

    private static readonly string[] s_options = ["-NoLogo", "-NoProfile", "-NonInteractive"];

    private static string FindProject()
    {
        DirectoryInfo? folder = new(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "TailSplit.sln")))
        {
            folder = folder.Parent;
        }

        return folder?.FullName ?? "/";
    }
}
