using TailSplit.Core.Text;

namespace TailSplit.Core.Diagnosis.Checks;

/// <summary>The exit node that is asked for is in force and online.</summary>
internal sealed class ExitNodeCheck : IHostCheck
{
    public string Name => "ExitNode";

    public IEnumerable<CheckResult> Run(HostSnapshot host)
    {
        yield return host.Environment.Tailscale is TailscaleStatus status
            ? Judge(host, status)
            : host.Environment.ExitNodeIsActive ? CheckResult.Pass(Name, "The kernel sends the host's internet traffic into the tunnel.")
            : CheckResult.Skipped(Name, "Tailscale can't be asked, and the kernel has no way into a tunnel.");
    }

    private CheckResult Judge(HostSnapshot host, TailscaleStatus status)
    {
        bool wanted = host.Environment.Preferences?.WantsExitNode ?? status.ExitNode is not null;
        string name = status.ExitNode?.Name ?? "that is asked for";
        if (!wanted)
            return None(host, status);

        if (!status.IsRunning)
            return CheckResult.Fail(Name, $"Tailscale is {status.BackendState}: the exit node {name} is asked for, and nothing goes by it.", "tailscale up");

        if (!status.Tun)
            return CheckResult.Skipped(Name, "There is no tunnel interface.");

        if (host.TunnelRoutes.IsEmpty)
            return CheckResult.Skipped(Name, "Tailscale's table is empty.");

        if (status.ExitNode is null)
            return CheckResult.Fail(Name, "The exit node that is asked for is not in this tailnet: what should go by it goes nowhere.", Choose(status) ?? "tailscale set --exit-node=");

        if (!status.ExitNode.Online)
            return CheckResult.Fail(
                Name, $"The exit node {name} is offline: what should go by it goes nowhere.", Choose(status));

        return host.Environment.ExitNodeIsActive
            ? CheckResult.Pass(Name, $"{name} is in force and online.")
            : CheckResult.Fail(Name, $"{name} is asked for and online, and the kernel has no default route into the tunnel.", "systemctl restart tailscaled");
    }

    private CheckResult None(HostSnapshot host, TailscaleStatus status)
    {
        string[] closed = [.. host.Killswitches.Select(policy => policy.Policy.Name.ToString())];
        return closed.Length == 0
            ? CheckResult.Pass(Name, "No exit node is asked for.")
            : CheckResult.Warn(Name, $"No exit node is asked for: {Sentence.List(closed)} can reach the tailnet, and nothing in the internet.", Choose(status));
    }

    private static string? Choose(TailscaleStatus status) =>
        status.ExitNodesOffered.FirstOrDefault(peer => peer.Online && peer.Id != status.ExitNode?.Id) is TailscalePeer peer
            ? $"tailscale set --exit-node={peer.Name}"
            : null;
}
