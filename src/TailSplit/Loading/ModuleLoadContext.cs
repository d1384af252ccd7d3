using System.Reflection;
using System.Runtime.Loader;

namespace TailSplit.Loading;

/// <summary>Loads the assemblies of the folder <c>Dependencies</c>; the process has the others.</summary>
internal sealed class ModuleLoadContext(string moduleFolder) : AssemblyLoadContext("TailSplit", isCollectible: false)
{
    private readonly string _folder = Path.Combine(moduleFolder, "Dependencies");

    /// <summary>The assembly; null if the folder does not have it.</summary>
    public Assembly? Find(AssemblyName assemblyName)
    {
        string path = Path.Combine(_folder, $"{assemblyName.Name}.dll");
        return File.Exists(path) ? LoadFromAssemblyPath(path) : null;
    }

    protected override Assembly? Load(AssemblyName assemblyName) => Find(assemblyName);
}
