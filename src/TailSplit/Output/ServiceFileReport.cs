using System.Runtime.Versioning;
using TailSplit.Core.Services;
using TailSplit.Execution.Services;

namespace TailSplit.Output;

/// <summary>Converts files of the service to output objects.</summary>
[UnsupportedOSPlatform("windows")]
internal static class ServiceFileReport
{
    public static TailSplitServiceFile Of(
        ServiceFolder folder, ServiceFile file, ServiceFileAction action, bool planned) =>
        new(folder.Locate(file.Path), StateOf(action, planned), file.Text);

    private static ServiceFileState StateOf(ServiceFileAction action, bool planned) => (action, planned) switch
    {
        (ServiceFileAction.Keep, _) => ServiceFileState.Unchanged,
        (ServiceFileAction.Write, true) => ServiceFileState.Planned,
        (ServiceFileAction.Write, false) => ServiceFileState.Written,
        (ServiceFileAction.Remove, true) => ServiceFileState.PlannedRemoval,
        (ServiceFileAction.Remove, false) => ServiceFileState.Removed,
        _ => throw new ArgumentOutOfRangeException(nameof(action)),
    };
}
