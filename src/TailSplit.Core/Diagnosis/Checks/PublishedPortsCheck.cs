using TailSplit.Core.Hosts;
using TailSplit.Core.Model;

namespace TailSplit.Core.Diagnosis.Checks;

/// <summary>
/// Published ports behind a killswitch reply only to the tailnet and the host, unless it has -AllowPublishedPort.
/// </summary>
internal sealed class PublishedPortsCheck : KillswitchCheck
{
    public override string Name => "PublishedPorts";

    public override IEnumerable<CheckResult> Run(Host host) => [.. Ordinary(host), .. base.Run(host)];

    // While an exit node is on, replies of a network without a policy leave by it (tailscale#4118).
    private IEnumerable<CheckResult> Ordinary(Host host)
    {
        if (!host.Tunnel.ExitNodeIsActive || host.Containers.Trouble is not null)
            return [];

        HashSet<string> bridges =
        [
            .. OpenNetwork.On(host).Where(network => network.Policy is null).Select(network => network.Bridge),
        ];
        string[] open = [.. host.Containers.Networks
            .Where(network => network.Bridge is not null && bridges.Contains(network.Bridge))
            .SelectMany(network => Open(network, host).Select(each => $"{each.Port.HostPort} ({each.Container})"))
            .Distinct()];
        return open.Length == 0 ? [] :
        [
            CheckResult.Pass(
                Name,
                "Published ports that reply to the tailnet, the host and, with LAN access, the LAN: " +
                    $"{ListText.Of(open)}. Replies to the internet leave by the exit node and are lost; with a " +
                    "bypass they leave by the ISP."),
        ];
    }

    private static IEnumerable<(string Container, PublishedPort Port)> Open(DockerNetwork network, Host host) =>
        host.Containers.On(network)
            .SelectMany(container => container.Ports.Select(port => (container.Name, Port: port)))
            .Where(each => each.Port.IsOpen && !IsTailnet(each.Port, host))
            .DistinctBy(each => (each.Name, each.Port.HostPort));

    protected override CheckResult Examine(KillswitchPolicy policy, DockerNetwork network, Host host)
    {
        (string Container, PublishedPort Port)[] open = [.. Open(network, host)];
        string list = ListText.Of(open.Select(each => $"{each.Port.HostPort} ({each.Container})"));
        return open.Length == 0 ? CheckResult.Pass(
                Name,
                $"Containers on {network}: {Seen([.. host.Containers.On(network)])}. None publishes a port beyond " +
                    "the tailnet and the host.",
                policy.Name)
            : policy.AllowPublishedPort
                ? CheckResult.Pass(Name, $"Published ports that reply to everybody: {list}.", policy.Name)
            : CheckResult.Warn(
                Name, $"Published ports that reply only to the tailnet and the host: {list}. The LAN gets no reply.",
                PolicyCommand.Apply(policy with { AllowPublishedPort = true }), policy.Name);
    }

    private static bool IsTailnet(PublishedPort port, Host host) =>
        port.HostAddress is not null && host.Environment.Provider.Contains(port.HostAddress);
}
