using TailSplit.Core.Iptables;
using TailSplit.Core.Model;
using TailSplit.Tests.Core.Goldens;

namespace TailSplit.Tests.Core.Text;

/// <summary>The captured saves under Golden/saves.</summary>
internal static class Saves
{
    public static IEnumerable<string> Names =>
        Directory.EnumerateFiles(Folder, "*.save").Select(path => Path.GetFileName(path)).Order(StringComparer.Ordinal);

    private static string Folder => Path.Combine(GoldenFile.Folder, "saves");

    public static string Read(string name) => File.ReadAllText(Path.Combine(Folder, name));

    public static SavedRuleset Parse(string name) => SavedRuleset.Parse(Read(name));

    public static IpFamily FamilyOf(string name) =>
        name.Contains("v6", StringComparison.Ordinal) ? IpFamily.IPv6 : IpFamily.IPv4;
}
