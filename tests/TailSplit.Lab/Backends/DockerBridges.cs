using System.Net;

namespace TailSplit.Lab.Backends;

/// <summary>
/// The tables that Docker 29 writes with <c>--firewall-backend=nftables</c> (moby daemon/libnetwork/drivers/bridge,
/// nftabler), for networks with no published port.
/// </summary>
internal static class DockerBridges
{
    /// <summary>A network as Docker sees it.</summary>
    /// <param name="Bridge">Its bridge.</param>
    /// <param name="Subnet">Its subnet of the family.</param>
    /// <param name="HostAddress"><c>com.docker.network.host_ipv4</c>; null for MASQUERADE.</param>
    public sealed record Network(string Bridge, string Subnet, IPAddress? HostAddress = null);

    /// <summary>Writes the tables of both families; those of before go.</summary>
    public static async Task Write(NetworkNamespace host, IReadOnlyList<Network> v4, IReadOnlyList<Network> v6) =>
        await host.Run("nft", ["-f", "-"], Table("ip", v4) + Table("ip6", v6));

    /// <summary>Deletes the tables.</summary>
    public static async Task Delete(NetworkNamespace host)
    {
        foreach (string family in (string[])["ip", "ip6"])
        {
            await host.Run("nft", ["-f", "-"], $"table {family} docker-bridges\ndelete table {family} docker-bridges\n");
        }
    }

    private static string Table(string family, IReadOnlyList<Network> networks) =>
        $$"""
        table {{family}} docker-bridges
        delete table {{family}} docker-bridges
        table {{family}} docker-bridges {
            map filter-forward-in-jumps { type ifname : verdict; {{Jumps("filter-forward-in", networks)}} }
            map filter-forward-out-jumps { type ifname : verdict; {{Jumps("filter-forward-out", networks)}} }
            map nat-postrouting-out-jumps { type ifname : verdict; {{Jumps("nat-postrouting-out", networks)}} }
            {{string.Join("\n    ", networks.Select(network => Chains(family, network)))}}
            chain filter-FORWARD {
                type filter hook forward priority filter; policy accept;
                oifname vmap @filter-forward-in-jumps
                iifname vmap @filter-forward-out-jumps
            }
            chain nat-POSTROUTING {
                type nat hook postrouting priority srcnat; policy accept;
                iifname vmap @nat-postrouting-out-jumps
            }
        }

        """;

    private static string Chains(string family, Network network) =>
        $$"""
        chain filter-forward-in__{{network.Bridge}} {
                ct state established,related counter accept
                iifname "{{network.Bridge}}" counter accept comment "ICC"
                counter drop comment "UNPUBLISHED PORT DROP"
            }
            chain filter-forward-out__{{network.Bridge}} {
                ct state established,related counter accept
                counter accept comment "OUTGOING"
            }
            chain nat-postrouting-out__{{network.Bridge}} {
                oifname != "{{network.Bridge}}" {{family}} saddr {{network.Subnet}} counter {{Translation(network)}}
            }
        """;

    private static string Translation(Network network) => network.HostAddress is { } address
        ? $"snat to {address} comment \"SNAT\""
        : "masquerade comment \"MASQUERADE\"";

    private static string Jumps(string chain, IReadOnlyList<Network> networks)
    {
        string elements = string.Join(
            ", ", networks.Select(network => $"\"{network.Bridge}\" : jump {chain}__{network.Bridge}"));
        return elements.Length == 0 ? "" : $"elements = {{ {elements} }}";
    }
}
