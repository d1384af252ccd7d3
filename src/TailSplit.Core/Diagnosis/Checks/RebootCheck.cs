using TailSplit.Core.Hosts;
using TailSplit.Core.Model;
using TailSplit.Core.Services;

namespace TailSplit.Core.Diagnosis.Checks;

/// <summary>
/// A policy is restored when the host starts: a file has it, and units that will start apply it.
/// </summary>
internal sealed class RebootCheck : IHostCheck
{
    public const string Remedy = "Register-TailSplitService";

    public string Name => "Reboot";

    public IEnumerable<CheckResult> Run(Host host)
    {
        UnitTrouble? trouble = host.Boot.HasService ? host.Boot.UnitTroubles.MinBy(each => each.Kind) : null;
        string? unseen = host.Boot is { HasService: true, KeptTrouble: { Kind: FailureKind.PermissionDenied } file }
            ? file.Message
            : trouble is { Kind: UnitTroubleKind.Unseen } unit ? unit.Detail : null;
        return unseen is null
            ? host.Policies.Select(policy => Of(host, trouble, policy.Policy.Name))
            : host.Policies.Take(1).Select(_ => CheckResult.Skipped(Name, unseen));
    }

    private CheckResult Of(Host host, UnitTrouble? trouble, PolicyName policy) =>
        !host.Boot.HasService ? CheckResult.Warn(Name, "It is not restored when the host starts.", Remedy, policy)
        : host.Boot.KeptTrouble is { } unread ? CheckResult.Warn(
            Name, $"It is not restored when the host starts: {unread.Message}", Remedy, policy)
        : !host.Boot.Kept.Contains(policy.ToString()) ? CheckResult.Warn(
            Name, "It is not among the policies that are restored when the host starts.", Remedy, policy)
        : trouble is null ? CheckResult.Pass(Name, "It is restored when the host starts.", policy)
        : OfUnit(trouble, policy);

    private CheckResult OfUnit(UnitTrouble trouble, PolicyName policy) => trouble.Kind switch
    {
        UnitTroubleKind.WillFail => CheckResult.Fail(Name, trouble.Detail, Remedy, policy),

        // No command of TailSplit changes the owner of a folder.
        UnitTroubleKind.Untrusted => CheckResult.Fail(
            Name,
            $"{trouble.Detail} Install PowerShell and the module for all users, and run " +
                "Register-TailSplitService there.",
            null,
            policy),
        UnitTroubleKind.Impermanent => CheckResult.Warn(
            Name,
            $"{trouble.Detail} Register the service from a PowerShell with a stable path.",
            Remedy,
            policy),
        _ => CheckResult.Warn(Name, trouble.Detail, Remedy, policy),
    };
}
