using System.Globalization;
using TailSplit.Core.Model;
using TailSplit.Core.Planning;

namespace TailSplit.Execution.Watching;

/// <summary>
/// By what a command tells a watcher that a policy goes on purpose; without it the watcher would put it back. There is
/// a note only while somebody watches: the kernel's rules remain the only state. It is left before the rules go and
/// read after they were read, so no watcher sees rules gone without seeing why.
/// </summary>
public sealed class CommandNote
{
    private const int Longest = 64 * 1024;

    private readonly string _path;
    private readonly int _writer;
    private long _read;

    /// <param name="path">The file.</param>
    /// <param name="writer">The process that writes; a watcher does not read its own.</param>
    public CommandNote(string path, int writer) => (_path, _writer) = (path, writer);

    /// <summary>The note of this network namespace.</summary>
    /// <param name="runner">Reaches the host.</param>
    public static CommandNote ForThisNamespace(IProgramRunner runner) =>
        new(Path.ChangeExtension(new ApplyLock(runner).FilePath, ".watch"), Environment.ProcessId);

    /// <summary>Begins to watch: what was noted before is of no interest. False where that is not allowed.</summary>
    public bool Begin()
    {
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(_path)!);
            using FileStream file = new(_path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.ReadWrite);
            _read = file.Length;
            return true;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    /// <summary>Notes which policies go by these changes, if somebody watches.</summary>
    public void Leave(IEnumerable<PolicyChange> changes)
    {
        PolicyChange[] all = [.. changes];
        HashSet<PolicyName> put = [.. all.OfType<PutPolicy>().Select(change => change.Name)];
        string[] names =
        [
            .. all
                .OfType<RemovePolicy>()
                .Where(change => !put.Contains(change.Name))
                .Select(change => change.Name.ToString())
        ];
        if (names.Length == 0 || !File.Exists(_path))
            return;

        try
        {
            using FileStream file = new(_path, FileMode.Open, FileAccess.Write, FileShare.ReadWrite);
            if (file.Length > Longest)
                file.SetLength(0);

            file.Seek(0, SeekOrigin.End);
            file.Write(System.Text.Encoding.UTF8.GetBytes(string.Concat(
                names.Select(name => string.Create(CultureInfo.InvariantCulture, $"{_writer} {name}\n")))));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // The change matters more than who hears of it.
        }
    }

    /// <summary>The policies that other processes took out of force since the last look.</summary>
    public IReadOnlyCollection<PolicyName> Read()
    {
        try
        {
            using FileStream file = new(_path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
            if (file.Length < _read)
                _read = 0;

            file.Seek(_read, SeekOrigin.Begin);
            using StreamReader reader = new(file);
            string text = reader.ReadToEnd();
            _read += System.Text.Encoding.UTF8.GetByteCount(text);
            return
            [
                .. text.Split('\n', StringSplitOptions.RemoveEmptyEntries)
                    .Select(NameOf)
                    .OfType<PolicyName>()
                    .Distinct()
            ];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }

    private PolicyName? NameOf(string line)
    {
        string[] words = line.Split(' ');
        return words.Length == 2
            && words[0] != _writer.ToString(CultureInfo.InvariantCulture)
            && PolicyName.TryParse(words[1], out PolicyName name, out _)
                ? name
                : null;
    }
}
