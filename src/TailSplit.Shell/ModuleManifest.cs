namespace TailSplit.Shell;

/// <summary>Finds the module: where the environment says, or above the program.</summary>
internal static class ModuleManifest
{
    public const string PathVariable = "TAILSPLIT_MODULE";

    private const string FileName = "TailSplit.psd1";

    /// <exception cref="FileNotFoundException">There is none; the message says where it was looked for.</exception>
    public static string Find()
    {
        if (Environment.GetEnvironmentVariable(PathVariable) is { Length: > 0 } path)
        {
            return File.Exists(path)
                ? Path.GetFullPath(path)
                : throw new FileNotFoundException($"{PathVariable} names '{path}', which is not a file.");
        }

        for (DirectoryInfo? folder = new(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            string candidate = Path.Combine(folder.FullName, FileName);
            if (File.Exists(candidate))
                return candidate;
        }

        throw new FileNotFoundException(
            $"No {FileName} in {AppContext.BaseDirectory} or any folder above it; set {PathVariable} to its path.");
    }
}
