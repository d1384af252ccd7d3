using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;

namespace TailSplit.Tests.Package;

/// <summary>
/// The source files that the debug information inside an assembly names (Portable PDB specification, Embedded Source).
/// </summary>
internal static class EmbeddedSources
{
    private static readonly Guid s_embeddedSource = new("0E8A571B-6926-466E-B4AD-8AB04611F5FE");

    public static (string Path, bool IsEmbedded)[] Of(string assembly)
    {
        using PEReader file = new(File.OpenRead(assembly));
        DebugDirectoryEntry entry = file.ReadDebugDirectory()
            .Single(entry => entry.Type == DebugDirectoryEntryType.EmbeddedPortablePdb);
        using MetadataReaderProvider provider = file.ReadEmbeddedPortablePdbDebugDirectoryData(entry);
        MetadataReader pdb = provider.GetMetadataReader();
        return [.. pdb.Documents.Select(handle => (
            pdb.GetString(pdb.GetDocument(handle).Name),
            pdb.GetCustomDebugInformation(handle)
                .Select(pdb.GetCustomDebugInformation)
                .Any(information => pdb.GetGuid(information.Kind) == s_embeddedSource)))];
    }
}
