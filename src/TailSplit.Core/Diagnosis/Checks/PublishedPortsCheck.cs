using TailSplit.Core.Model;

namespace TailSplit.Core.Diagnosis.Checks;

/// <summary>
/// Ports that are published behind a killswitch are answered to the tailnet and the host alone, unless it says
/// otherwise.
/// </summary>
internal sealed class PublishedPortsCheck : KillswitchCheck
{
    public override string Name => "PublishedPorts";

    protected override CheckResult Look(KillswitchPolicy policy, DockerNetwork network, HostSnapshot host)
    {
        (string Container, PublishedPort Port)[] open = [.. host.ContainersOn(network)
            .SelectMany(container => container.Ports.Select(port => (container.Name, Port: port)))
            .Where(each => each.Port.IsOpen && !IsTailnet(each.Port))
            .DistinctBy(each => (each.Name, each.Port.HostPort))];
        string list = Sentence.List(open.Select(each => $"{each.Port.HostPort} ({each.Container})"));
        return open.Length == 0 ? CheckResult.Pass(Name, "No port is published to others than the tailnet and the host.", policy.Name)
            : policy.AllowPublishedPort ? CheckResult.Pass(Name, $"Answered to everybody: {list}.", policy.Name)
            : CheckResult.Warn(
                Name, $"Published, and answered to the tailnet and the host alone: {list}. The LAN gets no answer.",
                PolicyCommand.Apply(policy with { AllowPublishedPort = true }), policy.Name);
    }

    private static bool IsTailnet(PublishedPort port) =>
        port.HostAddress is not null
        && (TailscaleRanges.IPv4.Contains(port.HostAddress) || TailscaleRanges.IPv6.Contains(port.HostAddress));
}
