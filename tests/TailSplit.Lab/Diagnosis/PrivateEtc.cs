namespace TailSplit.Lab.Diagnosis;

/// <summary>
/// A copy of /etc that only the programs of one shell see, so that commands which write there touch nothing of the
/// machine's.
/// </summary>
public sealed class PrivateEtc(string folder)
{
    // $1 is the copy, the rest the command.
    private const string Enter =
        """
        set -e
        cp --archive --no-target-directory /etc "$1.new"
        cp --archive --no-target-directory "$1" "$1.new"
        rm -rf "$1"
        mv "$1.new" "$1"
        mount --bind "$1" /etc
        shift
        exec "$@"
        """;

    private readonly string _folder = Path.Combine(folder, "etc");

    /// <summary>The command that starts another one with this /etc in place of the machine's.</summary>
    public string[] Command => ["unshare", "--mount", "--propagation", "slave", "sh", "-c", Enter, "sh", _folder];

    public string Read(string path) => File.Exists(In(path)) ? File.ReadAllText(In(path)) : "";

    /// <summary>Writes a file; a path such as <c>tailsplit/policy.json</c>.</summary>
    public void Write(string path, string text)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(In(path))!);
        File.WriteAllText(In(path), text);
    }

    public void Delete(string path)
    {
        if (File.Exists(In(path)))
            File.Delete(In(path));
    }

    private string In(string path) => Path.Combine(_folder, path);
}
