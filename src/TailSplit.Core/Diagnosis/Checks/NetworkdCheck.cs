using TailSplit.Core.Hosts;

namespace TailSplit.Core.Diagnosis.Checks;

/// <summary>
/// systemd-networkd deletes ip rules of other programs each time it starts, unless its settings say otherwise
/// (systemd#19287).
/// </summary>
internal sealed class NetworkdCheck : IHostCheck
{
    private const string Folder = "/etc/systemd/networkd.conf.d";

    public string Name => "Networkd";

    public IEnumerable<CheckResult> Run(Host host)
    {
        yield return host.Routing.NetworkdDeletesRules switch
        {
            null when host.Unread.FirstOrDefault(
                reason => reason.StartsWith("networkd", StringComparison.Ordinal)) is string unseen =>
                CheckResult.Skipped(Name, unseen),
            null => CheckResult.Pass(Name, "systemd-networkd does not run."),
            false => CheckResult.Pass(Name, "systemd-networkd keeps the ip rules of other programs."),
            true when host.Policies.IsEmpty => CheckResult.Pass(
                Name, "systemd-networkd deletes ip rules of other programs when it starts; no policy has one."),
            _ => CheckResult.Warn(
                Name,
                "systemd-networkd deletes the policies' ip rules each time it starts. The remedy adds a drop-in to " +
                    "its settings and restarts it.",
                $@"mkdir -p {Folder} && printf '[Network]\nManageForeignRoutingPolicyRules=no\n' > {Folder}/50-tailsplit.conf && systemctl restart systemd-networkd"),
        };
    }
}
