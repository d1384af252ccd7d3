using System.Management.Automation;
using System.Reflection;
using System.Runtime.Loader;

namespace TailSplit.Loading;

/// <summary>
/// Resolves TailSplit.Execution at first use into a load context of the module, so that its dependency CliWrap does
/// not conflict with that of another module.
/// </summary>
public sealed class ModuleAssembly : IModuleAssemblyInitializer, IModuleAssemblyCleanup
{
    private const string Isolated = "TailSplit.Execution";

    private static ModuleLoadContext? s_context;

    public void OnImport()
    {
        AssemblyLoadContext.Default.Resolving -= Resolve;
        AssemblyLoadContext.Default.Resolving += Resolve;
    }

    public void OnRemove(PSModuleInfo psModuleInfo) => AssemblyLoadContext.Default.Resolving -= Resolve;

    private static Assembly? Resolve(AssemblyLoadContext context, AssemblyName name)
    {
        if (name.Name != Isolated)
            return null;

        s_context ??= new ModuleLoadContext(Path.GetDirectoryName(typeof(ModuleAssembly).Assembly.Location)!);
        // LoadFromAssemblyName asks this handler again for a file that is missing, without end.
        return s_context.Find(name);
    }
}
