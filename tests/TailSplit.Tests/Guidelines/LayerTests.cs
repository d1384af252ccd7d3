using System.Reflection;
using System.Text.RegularExpressions;
using Xunit;

namespace TailSplit.Tests.Guidelines;

/// <summary>The arrows of the design: Core &lt;- Execution &lt;- TailSplit, never back.</summary>
public sealed partial class LayerTests
{
    [Fact]
    public void Core_refers_to_the_base_class_library_alone() => Assert.All(
        Of(SourceTree.Core).Assemblies,
        name => Assert.True(
            name.StartsWith("System.", StringComparison.Ordinal) || name is "System" or "netstandard", name));

    [Fact]
    public void Execution_refers_to_core_and_cliwrap_and_the_base_class_library_alone() => Assert.Equal(
        ["CliWrap", "TailSplit.Core"], Foreign(SourceTree.Execution));

    [Fact]
    public void The_module_does_not_know_of_cliwrap() => Assert.Equal(
        ["System.Management.Automation", "TailSplit.Core", "TailSplit.Execution"], Foreign(SourceTree.Module));

    [Fact]
    public void No_part_of_the_module_starts_a_process_by_itself() => Assert.All(
        (Assembly[])[SourceTree.Core, SourceTree.Execution, SourceTree.Module],
        assembly => Assert.DoesNotContain(
            Of(assembly).Types, type => type is "System.Diagnostics.Process" or "System.Diagnostics.ProcessStartInfo"));

    [Fact]
    public void No_part_of_the_module_writes_to_the_console() => Assert.All(
        (Assembly[])[SourceTree.Core, SourceTree.Execution, SourceTree.Module],
        assembly => Assert.DoesNotContain("System.Console", Of(assembly).Types));

    [Fact]
    public void Core_neither_reads_files_nor_the_clock_nor_the_network() => Assert.DoesNotContain(
        Of(SourceTree.Core).Types,
        type =>
            type is "System.IO.File" or "System.IO.FileStream" or "System.IO.Directory" or "System.DateTime" or "System.TimeProvider"
            or "System.Net.Sockets.Socket" or "System.Diagnostics.Stopwatch");

    /// <summary>
    /// Its dialect, its program, the parsers of foreign rules, and what tells whose a foreign rule is. Comments are free.
    /// </summary>
    [Fact]
    public void Syntax_of_iptables_is_only_in_its_own_namespaces()
    {
        string[] rooms =
        [
            "TailSplit.Core/Iptables/", "TailSplit.Core/Tracing/Xtables/", "TailSplit.Core/Foreign/", "TailSplit.Execution/Firewall/",
        ];
        Assert.Empty(
            from file in Directory.EnumerateFiles(Path.Combine(SourceTree.Root, "src"), "*.cs", SearchOption.AllDirectories)
            where !file.Contains("/obj/", StringComparison.Ordinal) && !rooms.Any(room => file.Contains(room, StringComparison.Ordinal))
            from line in File.ReadLines(file)
            where !line.TrimStart().StartsWith("//", StringComparison.Ordinal) && IptablesWord().IsMatch(line)
            select $"{Path.GetFileName(file)}: {line.Trim()}");
    }

    [GeneratedRegex("-[jgA] [A-Z{]|--(ctstate|ctdir|ctreplsrc|clamp-mss|comment|to-destination|src-type|reject-with|set-xmark)")]
    private static partial Regex IptablesWord();

    private static AssemblyMetadata Of(Assembly assembly) => new(assembly.Location);

    private static IEnumerable<string> Foreign(Assembly assembly) => Of(assembly).Assemblies
        .Where(name => name == "System.Management.Automation" || !name.StartsWith("System.", StringComparison.Ordinal))
        .Order(StringComparer.Ordinal);
}
