using System.Collections;
using System.IO.Compression;
using System.Management.Automation.Language;
using System.Xml.Linq;
using TailSplit.Tests.Guidelines;
using Xunit;

namespace TailSplit.Tests.Package;

public sealed class PackageTests(PackedModule packed) : IClassFixture<PackedModule>
{
    private static readonly string[] s_own =
        ["TailSplit.Core.dll", "TailSplit.dll", "Dependencies/TailSplit.Execution.dll"];

    /// <summary>Every file that the module needs; what is not here has no business in it.</summary>
    private static string[] Needed =>
    [
        .. ((string[])
        [
            "LICENSE",
            "THIRD-PARTY-NOTICES.txt",
            "TailSplit.psd1",
            "bin/Dependencies/CliWrap.dll",
            .. s_own.Select(assembly => $"bin/{assembly}"),
            $"bin/{Path.GetFileName(SourceTree.JoinedFormats)}",
            .. Help,
        ]).Order(StringComparer.Ordinal),
    ];

    // What TailSplit.Help makes of the pages of docs/en-US.
    private static IEnumerable<string> Help
    {
        get
        {
            DirectoryInfo pages = new(Path.Combine(SourceTree.Root, "docs", "en-US"));
            return Directory.Exists(Path.Combine(SourceTree.Root, "src", "TailSplit.Help"))
                ? pages.GetFiles("about_*.md")
                .Select(page => $"en-US/{Path.GetFileNameWithoutExtension(page.Name)}.help.txt")
                .Append("en-US/TailSplit.dll-Help.xml")
                : [];
        }
    }

    [Fact]
    public void The_module_holds_the_files_it_needs_and_no_other() =>
        Assert.Equal(Needed, PackedModule.Files(packed.Folder));

    [Fact]
    public void The_package_holds_the_module_and_what_the_gallery_reads()
    {
        using ZipArchive package = ZipFile.OpenRead(packed.Package);

        string[] others = [.. package.Entries
            .Select(entry => entry.FullName)
            .Except(Needed)
            .Select(name => name.StartsWith(
                "package/services/metadata/core-properties/",
                StringComparison.Ordinal) ? Path.GetExtension(name) : name)
            .Order(StringComparer.Ordinal)];
        Assert.Equal([".psmdcp", "TailSplit.nuspec", "[Content_Types].xml", "_rels/.rels"], others);
        Assert.Empty(Needed.Except(package.Entries.Select(entry => entry.FullName)));
        Assert.All(package.Entries.Where(entry => Needed.Contains(entry.FullName)), entry =>
        {
            using MemoryStream content = new();
            using Stream stream = entry.Open();
            stream.CopyTo(content);
            Assert.Equal(File.ReadAllBytes(Path.Combine(packed.Folder, entry.FullName)), content.ToArray());
        });
    }

    [Fact]
    public void The_gallery_reads_what_the_manifest_says()
    {
        Hashtable manifest = (Hashtable)Parser.ParseFile(SourceTree.Manifest, out _, out _)
            .Find(ast => ast is HashtableAst, searchNestedScriptBlocks: false).SafeGetValue();
        Hashtable data = (Hashtable)((Hashtable)manifest["PrivateData"]!)["PSData"]!;
        using ZipArchive package = ZipFile.OpenRead(packed.Package);
        using Stream stream = package.GetEntry("TailSplit.nuspec")!.Open();
        XElement metadata = XDocument.Load(stream).Root!.Elements().Single();

        Assert.Equal("TailSplit", Metadata("id"));
        Assert.Equal(manifest["ModuleVersion"], Metadata("version"));
        Assert.Equal(manifest["Author"], Metadata("authors"));
        Assert.Equal(manifest["CompanyName"], Metadata("owners"));
        Assert.Equal(manifest["Copyright"], Metadata("copyright"));
        Assert.Equal(manifest["Description"], Metadata("description"));
        Assert.Equal(data["LicenseUri"], Metadata("licenseUrl"));
        Assert.Equal(data["ReleaseNotes"], Metadata("releaseNotes"));
        Assert.Equal(
            ((IEnumerable)data["Tags"]!).Cast<string>()
                .Concat(((IEnumerable)manifest["CmdletsToExport"]!).Cast<string>().SelectMany(
                    cmdlet => (string[])[$"PSCmdlet_{cmdlet}", $"PSCommand_{cmdlet}"]))
                .Prepend("PSIncludes_Cmdlet").Prepend("PSModule"),
            Metadata("tags").Split(' '));

        string Metadata(string name) => metadata.Elements().Single(element => element.Name.LocalName == name).Value;
    }

    [Fact]
    public void Compiled_twice_every_file_is_the_same_byte_for_byte()
    {
        Assert.Equal(PackedModule.Files(packed.Folder), PackedModule.Files(packed.Again));
        Assert.All(PackedModule.Files(packed.Folder), file => Assert.Equal(
            File.ReadAllBytes(Path.Combine(packed.Folder, file)), File.ReadAllBytes(Path.Combine(packed.Again, file))));
    }

    [Fact]
    public void Every_assembly_of_ours_carries_its_sources_and_no_path_of_the_machine_that_built_it() =>
        Assert.All(s_own, assembly =>
        {
            (string Path, bool IsEmbedded)[] sources = EmbeddedSources.Of(Path.Combine(packed.Folder, "bin", assembly));

            Assert.NotEmpty(sources);
            Assert.All(sources, source => Assert.True(source.IsEmbedded, source.Path));
            Assert.All(
                sources, source => Assert.DoesNotContain(SourceTree.Root, source.Path, StringComparison.Ordinal));
        });
}
