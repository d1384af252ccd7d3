using TailSplit.Core.Hosts;

namespace TailSplit.Completion;

/// <summary>Completes interfaces: the tunnel first for -TunnelInterface, last for other parameters.</summary>
internal sealed class InterfaceCompleter : HostCompleter
{
    protected override IEnumerable<Candidate> Candidates(string parameterName)
    {
        if (KnownHost.Routing is not Host host)
            return [];

        bool first = parameterName == "TunnelInterface";
        string? tunnel = host.Tunnel.Name?.ToString();
        return host.Routing.Interfaces
            .Where(link => link.Name != "lo")
            .OrderByDescending(link => link.Name == tunnel == first)
            .ThenBy(link => link.Name, StringComparer.Ordinal)
            .Select(link => new Candidate(
                link.Name,
                (link.Name == tunnel ? "the Tailscale interface; " : "") +
                    (link.Addresses.IsEmpty
                        ? "no address"
                        : string.Join(
                            ", ", link.Addresses.Select(address => $"{address.Address}/{address.PrefixLength}")))));
    }
}
