using System.Runtime.Versioning;
using TailSplit.Core.Services;
using TailSplit.Execution.Services;

namespace TailSplit.Output;

/// <summary>Files of the service as objects.</summary>
[UnsupportedOSPlatform("windows")]
internal static class ServiceFileReport
{
    public static TailSplitServiceFile Of(ServiceFolder folder, ServiceFile file, ServiceFileFate fate, bool planned) =>
        new(folder.Locate(file.Path), StateOf(fate, planned), file.Text);

    private static ServiceFileState StateOf(ServiceFileFate fate, bool planned) => (fate, planned) switch
    {
        (ServiceFileFate.Keep, _) => ServiceFileState.Unchanged,
        (ServiceFileFate.Write, true) => ServiceFileState.Planned,
        (ServiceFileFate.Write, false) => ServiceFileState.Written,
        (ServiceFileFate.Remove, true) => ServiceFileState.PlannedRemoval,
        (ServiceFileFate.Remove, false) => ServiceFileState.Removed,
        _ => throw new ArgumentOutOfRangeException(nameof(fate)),
    };
}
