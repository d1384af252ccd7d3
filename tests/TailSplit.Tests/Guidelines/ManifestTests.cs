using System.Collections;
using System.Management.Automation;
using System.Management.Automation.Language;
using System.Reflection;
using Xunit;

namespace TailSplit.Tests.Guidelines;

/// <summary>TailSplit.psd1 says what there is.</summary>
public sealed class ManifestTests
{
    private readonly Hashtable _manifest = (Hashtable)Parser
        .ParseFile(SourceTree.Manifest, out _, out _)
        .Find(ast => ast is HashtableAst, searchNestedScriptBlocks: false)
        .SafeGetValue();

    [Fact]
    public void It_exports_exactly_the_cmdlets_of_the_assembly()
    {
        IEnumerable<string> cmdlets = SourceTree.Module.GetTypes()
            .Select(type => type.GetCustomAttribute<CmdletAttribute>())
            .OfType<CmdletAttribute>()
            .Select(cmdlet => $"{cmdlet.VerbName}-{cmdlet.NounName}");

        Assert.Equal(cmdlets.Order(StringComparer.Ordinal), List("CmdletsToExport").Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData("FunctionsToExport")]
    [InlineData("VariablesToExport")]
    [InlineData("AliasesToExport")]
    public void It_exports_nothing_else_and_says_so(string list) => Assert.Empty(List(list));

    [Fact]
    public void Every_file_that_it_names_is_there_after_a_build()
    {
        string folder = Path.GetDirectoryName(SourceTree.Manifest)!;

        Assert.All(
            List("FormatsToProcess").Append((string)_manifest["RootModule"]!),
            file => Assert.True(File.Exists(Path.Combine(folder, file)), file));
    }

    [Fact]
    public void Its_version_is_that_of_the_assembly() => Assert.Equal(
        SourceTree.Module.GetName().Version!.ToString(3), _manifest["ModuleVersion"]);

    [Fact]
    public void It_is_for_linux_and_powershell_core()
    {
        Hashtable data = (Hashtable)((Hashtable)_manifest["PrivateData"]!)["PSData"]!;

        Assert.Equal(["Core"], List("CompatiblePSEditions"));
        Assert.Contains("Linux", ((IEnumerable)data["Tags"]!).Cast<string>());
        Assert.Contains("PSEdition_Core", ((IEnumerable)data["Tags"]!).Cast<string>());
    }

    private IEnumerable<string> List(string key) => ((IEnumerable)_manifest[key]!).Cast<string>();
}
