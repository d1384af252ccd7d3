using TailSplit.Core.Compilation;

namespace TailSplit.Core.Diagnosis.Checks;

/// <summary>A policy comes back when the host starts: a file keeps it, and a unit puts it in force.</summary>
internal sealed class RebootCheck : IHostCheck
{
    public const string Remedy = "Register-TailSplitService";

    public string Name => "Reboot";

    public IEnumerable<CheckResult> Run(HostSnapshot host)
    {
        foreach (LivePolicy policy in host.Policies)
        {
            yield return host.HasService && host.Kept.Contains(policy.Policy.Name.ToString())
                ? CheckResult.Pass(Name, "It comes back when the host starts.", policy.Policy.Name)
                : CheckResult.Warn(
                    Name, host.HasService
                        ? "It is not among the policies that come back when the host starts."
                        : "It is lost when the host starts again.",
                    Remedy, policy.Policy.Name);
        }
    }
}
