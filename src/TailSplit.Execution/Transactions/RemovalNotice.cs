using System.Globalization;
using TailSplit.Core;
using TailSplit.Core.Model;
using TailSplit.Core.Planning;
using TailSplit.Execution.Files;
using TailSplit.Execution.Programs;

namespace TailSplit.Execution.Transactions;

/// <summary>
/// Tells a watcher that a command removes a policy, which the watcher would otherwise restore. A command writes the
/// notice before it removes rules, and a watcher reads it after it reads rules, so it always knows of the removal.
/// </summary>
public sealed class RemovalNotice
{
    private const int Longest = 64 * 1024;

    private readonly Machine _machine;
    private readonly RuntimeFolder _folder;
    private readonly string _path;
    private readonly int _writer;
    private long _read;

    /// <param name="machine">Writes the notice if this process is not root.</param>
    /// <param name="path">The file.</param>
    /// <param name="writer">The process that writes; a watcher ignores its own notices.</param>
    public RemovalNotice(Machine machine, string path, int writer) =>
        (_machine, _folder, _path, _writer) = (machine, new RuntimeFolder(machine), path, writer);

    /// <summary>The notices of this network namespace.</summary>
    /// <param name="machine">Reaches the host.</param>
    public static RemovalNotice ForThisNamespace(Machine machine) =>
        new(machine, Path.ChangeExtension(new ApplyLock(machine).FilePath, ".watch"), Environment.ProcessId);

    /// <summary>Creates the file, and skips earlier notices. False if the file can't be opened.</summary>
    public bool Begin()
    {
        try
        {
            using FileStream file = _folder.Open(_path, FileShare.ReadWrite);
            _read = file.Length;
            return true;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or TailSplitException)
        {
            return false;
        }
    }

    /// <summary>Writes which policies these changes remove, if a watcher runs.</summary>
    public async Task LeaveAsync(IEnumerable<PolicyChange> changes, CancellationToken cancellationToken)
    {
        PolicyChange[] all = [.. changes];
        HashSet<PolicyName> put = [.. all.OfType<PutPolicy>().Select(change => change.Name)];
        string text = string.Concat(all
            .OfType<RemovePolicy>()
            .Where(change => !put.Contains(change.Name))
            .Select(change => string.Create(CultureInfo.InvariantCulture, $"{_writer} {change.Name}\n")));
        if (text.Length == 0)
            return;

        try
        {
            if (_machine.IsRoot)
                Append(text);
            else
                await AppendAsRootAsync(text, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or TailSplitException)
        {
            // The change must not fail because a watcher can't be told.
        }
    }

    private void Append(string text)
    {
        using FileStream? file = _folder.OpenTrusted(_path, FileAccess.Write);
        if (file is null)
            return;

        if (file.Length > Longest)
            file.SetLength(0);

        file.Seek(0, SeekOrigin.End);
        file.Write(System.Text.Encoding.UTF8.GetBytes(text));
    }

    // Only root can see whether a watcher runs. A notice that no watcher reads does no harm.
    private async Task AppendAsRootAsync(string text, CancellationToken cancellationToken)
    {
        ProgramCall call = new("flock", _path, "tee", "--append", _path) { Input = text, NeedsRoot = true };
        await _machine.Programs.RunAsync(call, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>The policies that other processes removed since the last call.</summary>
    public IReadOnlyCollection<PolicyName> Read()
    {
        try
        {
            using FileStream? file = _folder.OpenTrusted(_path, FileAccess.Read);
            if (file is null)
                return [];

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
