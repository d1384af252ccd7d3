namespace TailSplit.Core.Diagnosis.Checks;

/// <summary>
/// With --stateful-filtering Tailscale drops what containers begin into the tunnel (tailscale#12070).
/// </summary>
internal sealed class StatefulFilteringCheck : IHostCheck
{
    public string Name => "StatefulFiltering";

    public IEnumerable<CheckResult> Run(HostSnapshot host)
    {
        yield return host.Environment.Preferences switch
        {
            null => CheckResult.Skipped(Name, "Tailscale can't be asked."),
            { StatefulFiltering: true } => CheckResult.Warn(
                Name, "Stateful filtering is on: Tailscale may drop connections that containers begin into the tunnel.",
                "tailscale set --stateful-filtering=false"),
            _ => CheckResult.Pass(Name, "Stateful filtering is off."),
        };
    }
}
