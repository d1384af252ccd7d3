namespace TailSplit.Core.Diagnosis.Checks;

/// <summary>A policy comes back when the host starts: a file keeps it, and a unit puts it in force.</summary>
internal sealed class RebootCheck : IHostCheck
{
    public const string Remedy = "Register-TailSplitService";

    public string Name => "Reboot";

    public IEnumerable<CheckResult> Run(HostSnapshot host)
    {
        if (host is { HasService: true, KeptTrouble: { Kind: FailureKind.PermissionDenied } unseen })
            return host.Policies.Take(1).Select(_ => CheckResult.Skipped(Name, unseen.Message));

        return host.Policies.Select(policy => policy.Policy.Name).Select(policy =>
            !host.HasService ? CheckResult.Warn(Name, "It is lost when the host starts again.", Remedy, policy)
            : host.KeptTrouble is { } trouble ? CheckResult.Warn(
                Name, $"It is lost when the host starts again: {trouble.Message}", Remedy, policy)
            : host.Kept.Contains(policy.ToString()) ? CheckResult.Pass(
                Name, "It comes back when the host starts.", policy)
            : CheckResult.Warn(
                Name, "It is not among the policies that come back when the host starts.", Remedy, policy));
    }
}
