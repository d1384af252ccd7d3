using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;

namespace TailSplit.Tests.Guidelines;

/// <summary>What an assembly on disk refers to, read without loading it.</summary>
internal sealed class AssemblyMetadata(string path)
{
    /// <summary>The names of the assemblies it refers to.</summary>
    public IReadOnlyList<string> Assemblies { get; } = Read(path, metadata =>
        metadata.AssemblyReferences.Select(handle => metadata.GetString(metadata.GetAssemblyReference(handle).Name)));

    /// <summary>The full names of the types it uses of other assemblies.</summary>
    public IReadOnlyList<string> Types { get; } = Read(path, metadata => metadata.TypeReferences.Select(handle =>
    {
        TypeReference type = metadata.GetTypeReference(handle);
        return $"{metadata.GetString(type.Namespace)}.{metadata.GetString(type.Name)}";
    }));

    private static string[] Read(string path, Func<MetadataReader, IEnumerable<string>> read)
    {
        using PEReader file = new(File.OpenRead(path));
        return [.. read(file.GetMetadataReader())];
    }
}
