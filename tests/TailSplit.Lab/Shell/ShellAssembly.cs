namespace TailSplit.Lab;

/// <summary>TailSplit.Shell as built, in the same configuration as the lab.</summary>
internal static class ShellAssembly
{
    /// <summary>The folder of TailSplit.sln.</summary>
    public static string Project { get; } = FindProject();

    public static string FilePath { get; } = Find();

    private static string Find()
    {
        // .../tests/TailSplit.Lab/bin/Debug/net10.0
        DirectoryInfo framework = new(AppContext.BaseDirectory.TrimEnd('/'));
        string path = Path.Combine(
            Project, "src/TailSplit.Shell/bin", framework.Parent!.Name, framework.Name, "TailSplit.Shell.dll");
        return File.Exists(path)
            ? path
            : throw new FileNotFoundException($"{path} is not there. Build it: dotnet build src/TailSplit.Shell");
    }

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
