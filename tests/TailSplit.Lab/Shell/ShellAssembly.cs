namespace TailSplit.Lab;

/// <summary>TailSplit.Shell as built, in the same configuration as the lab.</summary>
internal static class ShellAssembly
{
    public static string FilePath { get; } = Find();

    private static string Find()
    {
        // .../tests/TailSplit.Lab/bin/Debug/net10.0
        DirectoryInfo framework = new(AppContext.BaseDirectory.TrimEnd('/'));
        string configuration = framework.Parent!.Name;
        DirectoryInfo? root = framework;
        while (root is not null && !File.Exists(Path.Combine(root.FullName, "TailSplit.sln")))
        {
            root = root.Parent;
        }

        string path = Path.Combine(
            root?.FullName ?? "/", "src/TailSplit.Shell/bin", configuration, framework.Name, "TailSplit.Shell.dll");
        return File.Exists(path)
            ? path
            : throw new FileNotFoundException($"{path} is not there. Build it: dotnet build src/TailSplit.Shell");
    }
}
