namespace TailSplit.Lab.Tracing;

/// <summary>Tables of nft as other programs, or TailSplit, write them for the networks of the trace lab.</summary>
internal static class NativeTables
{
    /// <summary>
    /// Docker Engine 29 with its nftables backend (moby daemon/libnetwork/drivers/bridge/internal/nftabler): one TCP port
    /// of torrents is published, direct access to media is dropped before all else.
    /// </summary>
    public static string DockerBridges(TraceLab lab, int published) =>
        $"{DockerBridges(lab, "ip", address: 0, published)}\n{DockerBridges(lab, "ip6", address: 1, published)}";

    /// <summary>A killswitch of torrents and a bypass of media, in a table of their own.</summary>
    public static string Policies(TraceLab lab)
    {
        (string media, string torrents) = (lab.Bridges["media"], lab.Bridges["torrents"]);
        return $$"""
            table inet tailsplit {
              map kill-in { type ifname : verdict; elements = { "{{torrents}}" : goto TSK-torrents } }
              map kill-from4 { type ipv4_addr : verdict; flags interval; elements = { 172.30.2.0/24 : goto TSK-torrents } }
              map kill-from6 { type ipv6_addr : verdict; flags interval; elements = { 2001:db8:d:2::/64 : goto TSK-torrents } }
              map block-host { type ifname : verdict; elements = { "{{torrents}}" : goto TSK-host } }
              map bypass-in { type ifname : verdict; elements = { "{{media}}" : goto TSB-media } }
              chain TSK-torrents {
                oifname { "{{torrents}}", "tailscale0" } return
                ip daddr {{Place.Lan.V4}} return
                ct state established,related ct direction reply ct reply ip saddr 172.30.2.0/24 counter return
                meta l4proto tcp counter reject with tcp reset
                counter reject with icmpx admin-prohibited
              }
              chain TSK-host {
                icmpv6 type { nd-neighbor-solicit, nd-neighbor-advert, nd-router-solicit } return
                ct state established,related return
                fib daddr type local counter drop
              }
              chain TSB-media {
                ip daddr { 100.64.0.0/10, 127.0.0.0/8, {{Place.SubnetRoute.V4}} } return
                ip6 daddr { fd7a:115c:a1e0::/48, ::1 } return
                fib daddr type local return
                counter meta mark set meta mark & 0xff00ffff | 0x00080000 comment "tailsplit bypass media"
                ct mark set ct mark & 0xff00ffff | 0x00080000
              }
              chain forward {
                type filter hook forward priority filter - 10; policy accept;
                tcp flags syn / syn,rst oifname "tailscale0" tcp option maxseg size set rt mtu
                iifname vmap @kill-in
                ip saddr vmap @kill-from4
                ip6 saddr vmap @kill-from6
              }
              chain input {
                type filter hook input priority filter - 10; policy accept;
                iifname vmap @block-host
              }
              chain prerouting {
                type filter hook prerouting priority mangle + 10; policy accept;
                ct state established,related ct mark & 0x00ff0000 == 0x00080000 meta mark set meta mark & 0xff00ffff | 0x00080000
                iifname vmap @bypass-in
              }
              chain postrouting {
                type nat hook postrouting priority srcnat - 10; policy accept;
                oifname "tailscale0" ip saddr { 172.30.1.0/24, 172.30.2.0/24 } counter masquerade
                oifname "tailscale0" ip6 saddr { 2001:db8:d:1::/64, 2001:db8:d:2::/64 } counter masquerade
              }
            }
            """;
    }

    private static string DockerBridges(TraceLab lab, string family, int address, int published)
    {
        string[] bridges = [.. lab.Bridges.Values];
        string media = lab.Bridges["media"];
        string torrents = lab.Bridges["torrents"];
        return $$"""
            table {{family}} docker-bridges {
              map filter-forward-in-jumps { type ifname : verdict; elements = { {{Jumps("filter-forward-in")}} } }
              map filter-forward-out-jumps { type ifname : verdict; elements = { {{Jumps("filter-forward-out")}} } }
              map nat-postrouting-out-jumps { type ifname : verdict; elements = { {{Jumps("nat-postrouting-out")}} } }
              {{string.Join("\n  ", bridges.Select(Chains))}}
              chain filter-FORWARD {
                type filter hook forward priority filter; policy accept;
                oifname vmap @filter-forward-in-jumps
                iifname vmap @filter-forward-out-jumps
              }
              chain nat-POSTROUTING {
                type nat hook postrouting priority srcnat; policy accept;
                iifname vmap @nat-postrouting-out-jumps
              }
              chain nat-prerouting-and-output { }
              chain nat-PREROUTING {
                type nat hook prerouting priority dstnat; policy accept;
                fib daddr type local counter jump nat-prerouting-and-output
              }
              chain raw-PREROUTING {
                type filter hook prerouting priority raw; policy accept;
                {{family}} daddr {{lab.Media.Addresses[address]}} iifname != "{{media}}" counter drop comment "DROP DIRECT ACCESS"
              }
            }
            """;

        string Jumps(string chain) => string.Join(", ", bridges.Select(bridge => $"\"{bridge}\" : jump {chain}__{bridge}"));

        string Chains(string bridge) => $$"""
            chain filter-forward-in__{{bridge}} {
                ct state established,related counter accept
                iifname "{{bridge}}" counter accept comment "ICC"
                {{(bridge == torrents ? $"{family} daddr {lab.Torrents.Addresses[address]} tcp dport {published} counter accept" : "")}}
                counter drop comment "UNPUBLISHED PORT DROP"
              }
              chain filter-forward-out__{{bridge}} {
                counter accept comment "OUTGOING"
              }
              chain nat-postrouting-out__{{bridge}} {
                oifname != "{{bridge}}" counter masquerade comment "MASQUERADE"
              }
            """;
    }
}
