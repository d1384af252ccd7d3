using System.Net;
using TailSplit.Core.Model;

namespace TailSplit.Core.Diagnosis.Checks;

/// <summary>
/// Docker's own name server asks on for a container, since Engine 28 from the host's namespace, where a killswitch does
/// not see it: the names that a container looks up are then in the open whenever the exit node is off.
/// </summary>
internal sealed class EmbeddedDnsCheck : KillswitchCheck
{
    private const string Path = "/etc/docker/daemon.json";
    private const string Setting = "\"dns\": [\"100.100.100.100\"]";

    public override string Name => "EmbeddedDns";

    protected override CheckResult Look(KillswitchPolicy policy, DockerNetwork network, HostSnapshot host)
    {
        // The tailnet's own name server is tailscaled, which asks by the tunnel.
        (string Container, string[] Servers)[] open = [.. host.ContainersOn(network)
            .Select(container => (container.Name, Servers: host.NameServers.GetValueOrDefault(container.Id, []).Where(IsOutside).ToArray()))
            .Where(each => each.Servers.Length > 0)];
        return open.Length == 0
            ? CheckResult.Pass(Name, "No name is looked up past it.", policy.Name)
            : CheckResult.Warn(
                Name, $"Names that {Sentence.List(open.Select(each => each.Container))} looks up are asked by the host, past the killswitch, of {Sentence.List(open.SelectMany(each => each.Servers).Distinct())}.",
                // Servers that are named to Docker are asked from the container's own namespace.
                $"{Configure(host.DockerConfiguration)} && systemctl restart docker", policy.Name);
    }

    // What is in the file stays in it.
    private static string Configure(string? configuration) => configuration?.Contains(':', StringComparison.Ordinal) == true
        ? $"sed -i '0,/{{/s//{{ {Setting},/' {Path}"
        : $"mkdir -p /etc/docker && printf '{{ {Setting} }}\\n' > {Path}";

    private static bool IsOutside(string server) =>
        !IPAddress.TryParse(server, out IPAddress? address)
        || !(TailscaleRanges.IPv4.Contains(address) || TailscaleRanges.IPv6.Contains(address));
}
