using System.Collections.Concurrent;
using TailSplit.Core.Errors;
using TailSplit.Core.Trust;

namespace TailSplit.Tests.Fakes;

/// <summary>The small files of the fake host, by path.</summary>
internal sealed class FakeFiles
{
    private readonly ConcurrentDictionary<string, string> _texts = new(StringComparer.Ordinal);

    /// <summary>Files that only root may read.</summary>
    public HashSet<string> Protected { get; } = new(StringComparer.Ordinal);

    public string this[string path]
    {
        set => _texts[path] = value;
    }

    public void Remove(string path) => _texts.TryRemove(path, out _);

    public bool Exists(string path) =>
        _texts.ContainsKey(path) || _texts.Keys.Any(file => file.StartsWith(path + "/", StringComparison.Ordinal));

    public IReadOnlyList<string> List(string folder) => [.. _texts.Keys
        .Where(file => file.StartsWith(folder + "/", StringComparison.Ordinal))
        .Select(file => file[(folder.Length + 1)..].Split('/')[0])
        .Distinct()];

    public string? Read(string path) => Protected.Contains(path)
        ? throw Failures.FileUnreadable(path, $"Access to the path '{path}' is denied.").ToException()
        : _texts.GetValueOrDefault(path);

    /// <summary>What is the matter with programs and modules that are there.</summary>
    public Dictionary<string, FileTrust> Trust { get; } = new(StringComparer.Ordinal);

    public FileTrust TrustOf(string path) => Trust.TryGetValue(path, out FileTrust? trust) ? trust
        : Exists(path) ? FileTrust.Trusted
        : FileTrust.Missing(path);
}
