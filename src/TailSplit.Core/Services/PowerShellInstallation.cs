namespace TailSplit.Core.Services;

/// <summary>
/// Finds a path of the running PowerShell that stays valid after an update: /usr/bin/pwsh of a package,
/// /snap/bin/pwsh of a snap, the shim of a .NET tool, a link of the administrator.
/// </summary>
/// <param name="realPath">Resolves the symbolic links of a path; null if the file does not exist.</param>
public sealed class PowerShellInstallation(Func<string, string?> realPath)
{
    // Where the shim finds the runtime without DOTNET_ROOT (.NET documentation, "DOTNET_ROOT").
    private const string UsualRoot = "/usr/share/dotnet";
    private const string Store = "/.store/";

    private static readonly string[] s_folders = ["/usr/bin", "/usr/local/bin", "/bin"];
    private static readonly string[] s_names = ["pwsh", "pwsh-lts", "pwsh-preview", "powershell"];

    public UnitProgram Find(PowerShellProcess process)
    {
        string program = process.IsDotnet ? process.Assembly : process.Path;
        return OfSnap(program) ?? OfTool(process, program) ?? (process.IsDotnet ? OfDotnet(process) : OfFile(process));
    }

    private UnitProgram? OfSnap(string program)
    {
        if (SnapPath.NameOf(program) is not string snap)
            return null;

        string file = Path.GetFileNameWithoutExtension(program);
        string? command = SnapPath.CommandFolders
            .SelectMany(folder => new[] { $"{folder}/{file}", $"{folder}/{snap}", $"{folder}/{snap}.{file}" })
            .FirstOrDefault(path => realPath(path) is not null);
        return command is null
            ? new UnitProgram(program) { Impermanence = Advice(program, $"the snap '{snap}' has no command") }
            : new UnitProgram(command);
    }

    // dotnet tool install --global or --tool-path: FOLDER/pwsh, beside FOLDER/.store with the versions.
    private UnitProgram? OfTool(PowerShellProcess process, string program)
    {
        int store = program.IndexOf(Store, StringComparison.Ordinal);
        if (store < 0)
            return null;

        string shim = $"{program[..store]}/{Path.GetFileNameWithoutExtension(program)}";
        if (realPath(shim) is null)
            return (process.IsDotnet ? OfDotnet(process) : new UnitProgram(process.Path)) with
            {
                Impermanence = Advice(program, $"{shim}, which starts the .NET tool, does not exist"),
            };

        // A self-contained tool needs no dotnet.
        if (!process.IsDotnet)
            return new UnitProgram(shim);

        string dotnet = LastingDotnet(process);
        string root = Path.GetDirectoryName(process.Path)!;
        bool isFound = UnitPath.Folders
            .Select(each => realPath($"{each}/dotnet"))
            .FirstOrDefault(each => each is not null) == process.Path;
        string lastingRoot = LastingPath.NamesVersion($"{root}/") ? LastingRoot(root) : root;
        string folder = LastingPath.NamesVersion(dotnet) ? lastingRoot : Path.GetDirectoryName(dotnet)!;
        return new UnitProgram(shim)
        {
            DotnetFolder = isFound ? null : folder,
            DotnetRoot = root == UsualRoot ? null : lastingRoot,
            Impermanence = LastingPath.NamesVersion($"{lastingRoot}/")
                ? Advice(process.Path, "no other path leads to this .NET") : null,
        };
    }

    // A local tool (dotnet pwsh) has no shim and runs from the package cache. A program can also host PowerShell.
    private UnitProgram OfDotnet(PowerShellProcess process)
    {
        UnitProgram program = new(LastingDotnet(process), process.Assembly);
        return LastingPath.NamesVersion(process.Assembly)
            ? program with
            {
                Impermanence = Advice(process.Assembly, "a local .NET tool has only a path with its version"),
            }
            : program;
    }

    private UnitProgram OfFile(PowerShellProcess process)
    {
        string? lasting = Same(process.Path, s_folders)
            ?? (LastingPath.NamesVersion(process.Path) ? Same(process.Path, process.SearchPath) : process.Path);
        return lasting is null
            ? new UnitProgram(process.Path)
            {
                Impermanence = Advice(process.Path, "no folder of PATH has a link to it"),
            }
            : new UnitProgram(lasting);
    }

    private string LastingDotnet(PowerShellProcess process) =>
        UnitPath.Folders.Concat(process.SearchPath)
            .Select(folder => $"{folder}/dotnet")
            .FirstOrDefault(path => !LastingPath.NamesVersion(path) && realPath(path) == process.Path)
            ?? process.Path;

    // snapd keeps a link "current" beside the revisions.
    private string LastingRoot(string root)
    {
        if (SnapPath.NameOf($"{root}/dotnet") is not string snap)
            return root;

        int after = root.IndexOf($"/{snap}/", StringComparison.Ordinal) + snap.Length + 2;
        int end = root.IndexOf('/', after);
        string current = $"{root[..after]}current{(end < 0 ? "" : root[end..])}";
        return realPath($"{current}/dotnet") is null ? root : current;
    }

    private string? Same(string program, IEnumerable<string> folders) => folders
        .SelectMany(folder => s_names.Select(name => $"{folder}/{name}"))
        .FirstOrDefault(path => !LastingPath.NamesVersion(path) && realPath(path) == program);

    private static string Advice(string path, string reason) =>
        $"The units start PowerShell by {path}, which its next update removes: {reason}. From then on no policy is " +
        "applied at boot until Register-TailSplitService runs again, but killswitch networks stay closed. Install " +
        "PowerShell at a path that stays, for example from Debian's package or by 'dotnet tool install PowerShell " +
        "--tool-path /usr/local/bin', and run the command there, or give that path with -Executable.";
}
