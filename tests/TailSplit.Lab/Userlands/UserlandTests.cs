
namespace TailSplit.Lab.Userlands;

/// <summary>
/// The main story with the firewall and routing programs of the hosts that people have: Debian 11 (as Ubuntu 22.04:
/// iptables 1.8.7, nft 0.9.8, iproute2 5.9), 12, 13 and unstable, in both stores.
/// </summary>
public sealed class UserlandTests
{
    // A host with an exit node and two bridges, on which Docker has made its chains in the store $1.
    private const string Host =
        """
        ip link set lo up
        ip link add eth0 type veth peer name eth0-peer
        ip link set eth0-peer up
        ip address add 192.168.1.10/24 dev eth0
        ip address add fd00:1::10/64 dev eth0 nodad
        ip link set eth0 up
        ip tuntap add tailscale0 mode tun
        ip address add 100.101.102.103/32 dev tailscale0
        ip link set tailscale0 up
        ip route add default via 192.168.1.1
        ip route add default dev tailscale0 table 52
        ip rule add pref 5210 fwmark 0x80000/0xff0000 lookup main
        ip rule add pref 5270 lookup 52
        for n in media torrents; do ip link add br-$n type bridge; ip link set br-$n up; done
        ip address add 172.18.0.1/16 dev br-media
        ip address add 172.19.0.1/16 dev br-torrents
        ip address add fd00:19::1/64 dev br-torrents nodad
        for tool in iptables-$store ip6tables-$store; do
            $tool -N DOCKER-USER; $tool -I FORWARD -j DOCKER-USER
            $tool -t nat -N DOCKER
            $tool -t mangle -A PREROUTING -i tailscale0 -j MARK --set-xmark 0/0x1
        done
        rules() {
            ip -4 rule; ip -6 rule
            for tool in iptables-nft iptables-legacy ip6tables-nft ip6tables-legacy; do
                echo "== $tool"; $tool-save 2>/dev/null | grep -v '^#' | sed 's/\[.*\]//'
            done
        }
        """;

    private const string Story =
        """
        $ErrorActionPreference = 'Stop'
        New-TailSplitBypass -Name media -Bridge br-media -Subnet 172.18.0.0/16 | Out-Null
        $torrents = @{ Name = 'torrents'; Bridge = 'br-torrents'; Subnet = '172.19.0.0/16', 'fd00:19::/64' }
        New-TailSplitKillswitch @torrents -BlockHost | Out-Null
        Get-TailSplitPolicy | ForEach-Object { "$($_.Name) $($_.Kind) $($_.State)" }
        "store $((Get-TailSplitEnvironment).IptablesVariant)"
        Test-TailSplitPolicy | Where-Object Check -in Rules, DockerUser, OtherIptables, Tables |
            ForEach-Object { "$($_.Check) $($_.Status)" } | Sort-Object -Unique
        $packet = @{ Destination = '203.0.113.9'; Bridge = 'br-torrents'; Subnet = '172.19.0.0/16' }
        "traced $(@(Trace-TailSplitPacket @packet).Count)"
        New-TailSplitKillswitch -Name media -Bridge br-media -Subnet 172.18.0.0/16 -Force | Out-Null
        Get-TailSplitPolicy | ForEach-Object { "$($_.Name) $($_.Kind) $($_.State)" }
        Remove-TailSplitPolicy * | Out-Null
        "left $(@(Get-TailSplitPolicy).Count)"
        """;

    private const string Unreadable =
        """
        $ErrorActionPreference = 'Stop'
        New-TailSplitBypass -Name media -Bridge br-media -Subnet 172.18.0.0/16 | Out-Null
        New-TailSplitKillswitch -Name torrents -Bridge br-torrents -Subnet 172.19.0.0/16, fd00:19::/64 | Out-Null
        nft add chain ip nat ts-postrouting
        nft add rule ip nat ts-postrouting meta mark and 0xff0000 == 0x40000 counter masquerade
        nft add rule ip nat POSTROUTING counter jump ts-postrouting
        nft add rule ip filter FORWARD ct state established,related counter accept
        nft add rule ip mangle PREROUTING fib daddr type local counter accept
        Get-TailSplitPolicy | ForEach-Object { "$($_.Name) $($_.Kind) $($_.State)" }
        try { New-TailSplitKillswitch -Name more -Bridge br-more -Subnet 172.20.0.0/16 -FirewallBackend Iptables -ErrorAction Stop | Out-Null }
        catch { $_.FullyQualifiedErrorId.Split(',')[0] }
        Remove-TailSplitPolicy media | Out-Null
        Get-TailSplitPolicy | ForEach-Object { "$($_.Name) $($_.Kind) $($_.State)" }
        Remove-TailSplitPolicy * | Out-Null
        "left $(@(Get-TailSplitPolicy).Count)"
        """;

    [Theory]
    [InlineData("bullseye", "nft")]
    [InlineData("bullseye", "legacy")]
    [InlineData("bookworm", "nft")]
    [InlineData("bookworm", "legacy")]
    [InlineData("trixie", "nft")]
    [InlineData("trixie", "legacy")]
    [InlineData("sid", "nft")]
    [InlineData("sid", "legacy")]
    public async Task A_session_from_start_to_end_works_and_leaves_nothing_behind(string suite, string store)
    {
        string output = await Run(
            suite,
            $"""
            store={store}
            {Host}
            rules > /tmp/before
            pwsh story
            rules > /tmp/after
            diff /tmp/before /tmp/after && echo "as before"
            """,
            ("story", Story));

        Assert.Equal(
            [
                "media Bypass Active", "torrents Killswitch Active",
                store == "nft" ? "store NfTables" : "store Legacy",
                "DockerUser Pass", "OtherIptables Pass", "Rules Pass", "Tables Pass",
                "traced 1",
                "media Killswitch Active", "torrents Killswitch Active", "left 0", "as before",
            ],
            output.Split('\n', StringSplitOptions.RemoveEmptyEntries));
    }

    [Theory]
    [InlineData("bullseye")]
    [InlineData("bookworm")]
    [InlineData("trixie")]
    [InlineData("sid")]
    public async Task Policies_are_removed_from_tables_that_iptables_cannot_read(string suite)
    {
        string output = await Run(
            suite,
            $"""
            store=nft
            {Host}
            pwsh unreadable
            nft list ruleset | grep -c -E 'TAILSPLIT|TSK-|TSB-' || echo "nothing of ours"
            nft list table ip filter | grep -c 'established'
            ip rule | grep -c 'proto 84' || true
            """,
            ("unreadable", Unreadable));

        Assert.Equal(
            [
                "media Bypass Active", "torrents Killswitch Active", "TableUnreadable", "torrents Killswitch Active",
                "left 0", "0", "nothing of ours", "1", "0",
            ],
            output.Split('\n', StringSplitOptions.RemoveEmptyEntries));
    }

    private static async Task<string> Run(string suite, string script, (string Name, string Text) powerShell)
    {
        Userland userland = new(suite);
        try
        {
            await userland.Prepare();
        }
        catch (EngineUnavailableException unavailable) when (suite == "sid")
        {
            Assert.Skip(unavailable.Message);
        }

        await using NetworkNamespace host = await NetworkNamespace.Create($"ts-userland-{Guid.NewGuid():N}"[..20]);
        return await userland.Run(host, script, powerShell);
    }
}
