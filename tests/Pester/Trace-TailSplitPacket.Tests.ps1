BeforeDiscovery {
    Import-Module (Join-Path $PSScriptRoot TailSplit.Pester.psm1)
    $skip = -not (Test-TestHost)
}

Describe 'Trace-TailSplitPacket' -Skip:$skip {
    BeforeAll {
        Import-Module (Join-Path $PSScriptRoot TailSplit.Pester.psm1)
        $testHost = New-TestHost
        # An uplink, and an exit node without IPv6.
        @'
link add eth0 type veth peer name peer0
addr add 192.168.1.10/24 dev eth0
link set eth0 up
link set peer0 up
link set lo up
route add default via 192.168.1.1 dev eth0 onlink
'@ | & ip -n $testHost.Namespace -batch -
        & ip -n $testHost.Namespace -6 route delete default dev tailscale0 table 52
        $made = Invoke-InTestHost $testHost {
            New-TailSplitBypass media -Exclude 9.9.9.9
            New-TailSplitKillswitch torrents -AllowDestination 192.168.1.20
        }
        $made.Error | Should -BeNullOrEmpty
        $before = Get-KernelText $testHost
    }

    AfterAll {
        # As it was, for the next file.
        & ip -n $testHost.Namespace link delete eth0
        & ip -n $testHost.Namespace -6 route add default dev tailscale0 table 52
        Remove-TestHost $testHost
    }

    It 'says that <Destination> from <Network> is <Verdict>, and the kernel agrees' -ForEach @(
        @{ Network = 'media'; Destination = '1.1.1.1'; Verdict = 'Direct by eth0'; Rule = '*-j MARK *'; Kernel = '*dev eth0*' }
        @{ Network = 'media'; Destination = '192.168.1.20'; Verdict = 'Direct by eth0'; Rule = '*iif br-media lookup main suppress_prefixlength 7 *'; Kernel = '*dev eth0*' }
        @{ Network = 'media'; Destination = '9.9.9.9'; Verdict = 'Tunnel by tailscale0'; Rule = '*to 9.9.9.9/32 iif br-media lookup 52 *'; Kernel = '*dev tailscale0*' }
        @{ Network = 'media'; Destination = '172.19.0.1'; Verdict = 'Delivered to the host'; Rule = '*lookup local'; Kernel = 'local' }
        @{ Network = 'media'; Destination = '172.19.0.9'; Verdict = 'Stays on br-media'; Rule = $null; Kernel = $null }
        @{ Network = 'torrents'; Destination = '1.1.1.1'; Verdict = 'Tunnel by tailscale0'; Rule = '*iif br-torrents lookup 52 *'; Kernel = '*dev tailscale0*' }
        @{ Network = 'torrents'; Destination = '192.168.1.20'; Verdict = 'Direct by eth0'; Rule = '*to 192.168.1.20/32 iif br-torrents lookup main *'; Kernel = '*dev eth0*' }
        @{ Network = 'torrents'; Destination = '2001:db8::1'; Verdict = 'Blocked'; Rule = '*prohibit*'; Kernel = 'Permission denied' }
        @{ Network = 'games'; Destination = '1.1.1.1'; Verdict = 'Tunnel by tailscale0'; Rule = '*pref 5270 *'; Kernel = '*dev tailscale0*' }
    ) {
        $result = Invoke-InTestHost $testHost { param($network, $destination) Trace-TailSplitPacket $network -Destination $destination } $Network $Destination
        $result.Error | Should -BeNullOrEmpty
        $result.Warning | Should -BeNullOrEmpty
        $result.Output.Verdict | Should -Be $Verdict
        if ($Rule) { "$($result.Output.Rule)" | Should -BeLike $Rule } else { $result.Output.Rule | Should -BeNullOrEmpty }
        if ($Kernel) { $result.Output.Kernel | Should -BeLike $Kernel } else { $result.Output.Kernel | Should -BeNullOrEmpty }
        $result.Output.Unsure | Should -BeNullOrEmpty
    }

    It 'takes networks and policies from the pipeline, and several destinations' {
        $result = Invoke-InTestHost $testHost {
            Get-DockerNetwork media, games | Trace-TailSplitPacket -Destination 1.1.1.1, 9.9.9.9
            Get-TailSplitPolicy torrents | Trace-TailSplitPacket -Destination 1.1.1.1 -Protocol Icmp
        }
        $result.Error | Should -BeNullOrEmpty
        $result.Output | Should -HaveCount 5
        $result.Output.Network | Should -Be 'media', 'media', 'games', 'games', 'torrents'
        $result.Output[4].Port | Should -BeNullOrEmpty
    }

    It 'names a rule of somebody else that it can not evaluate' {
        & ip netns exec $testHost.Namespace iptables -I FORWARD -m statistic --mode random --probability 0.5 -j DROP
        try {
            $result = Invoke-InTestHost $testHost { Trace-TailSplitPacket media -Destination 1.1.1.1 }
        } finally {
            & ip netns exec $testHost.Namespace iptables -D FORWARD 1
        }
        $result.Output.Verdict | Should -Be 'Direct by eth0'
        $result.Output.Unsure | Should -HaveCount 1
        @($result.Output.Unsure)[0] | Should -BeLike '*-m statistic*'
    }

    It 'evaluates a native nftables rule, and names one that it can not evaluate' {
        @'
table inet pester {
    chain forward {
        type filter hook forward priority filter + 5
        iifname "br-media" limit rate 5/second accept
        iifname "br-media" ip daddr 1.1.1.1 counter drop comment "native"
        meta length > 1000 drop
    }
}
'@ | & ip netns exec $testHost.Namespace nft -f -
        try {
            $result = Invoke-InTestHost $testHost { Trace-TailSplitPacket media -Destination 1.1.1.1, 8.8.8.8 }
        } finally {
            & ip netns exec $testHost.Namespace nft delete table inet pester
        }
        $result.Error | Should -BeNullOrEmpty
        $result.Output[0].Verdict | Should -Be 'Blocked'
        "$($result.Output[0].Rule)" | Should -Be 'nft ''add rule inet pester forward iifname "br-media" ip daddr 1.1.1.1 counter drop comment "native"'''
        $result.Output[1].Verdict | Should -Be 'Direct by eth0'
        @($result.Output[1].Unsure)[-1] | Should -BeLike '*inet pester forward meta length > 1000 drop*'
    }

    It 'reads as an explanation, in 100 columns' {
        $result = Invoke-InTestHost $testHost { Trace-TailSplitPacket media -Destination 1.1.1.1 | Out-String -Width 100 }
        $lines = $result.Output -split '\r?\n'
        $lines | Should -Contain 'media (172.19.0.2) -> 1.1.1.1, TCP port 443: Direct by eth0'
        $lines | Should -Contain '  because  iptables -t mangle -A TSB-media -j MARK --set-xmark 0x80000/0xff0000'
        $lines | Should -Contain '  route    default via 192.168.1.1 dev eth0 (table main)'
        ($lines.Length | Measure-Object -Maximum).Maximum | Should -BeLessOrEqual 100
        $table = Invoke-InTestHost $testHost { Trace-TailSplitPacket media -Destination 1.1.1.1 | Format-Table | Out-String -Width 100 }
        $table.Output | Should -Match '1\.1\.1\.1\s+Direct by eth0'
    }

    It 'reports <Id> for <Line>, and goes on' -ForEach @(
        @{ Line = 'Trace-TailSplitPacket media -Destination example.org, 1.1.1.1'; Id = 'InvalidAddress'; Count = 1 }
        @{ Line = 'Trace-TailSplitPacket games -Destination 2001:db8::1, 1.1.1.1'; Id = 'FamilyNotOnNetwork'; Count = 1 }
        @{ Line = 'Trace-TailSplitPacket nope, media -Destination 1.1.1.1'; Id = 'NetworkNotFound'; Count = 1 }
        @{ Line = 'Trace-TailSplitPacket lan, media -Destination 1.1.1.1'; Id = 'NetworkNotTraceable'; Count = 1 }
    ) {
        $result = Invoke-InTestHost $testHost ([scriptblock]::Create($Line))
        (Get-OnlyError $result).FullyQualifiedErrorId | Should -Be "$Id,TailSplit.Commands.TraceTailSplitPacketCommand"
        $result.Output | Should -HaveCount $Count
    }

    It 'changes nothing' {
        Get-KernelText $testHost | Should -Be $before
    }
}

Describe 'Trace-TailSplitPacket without root' -Skip:$skip {
    It 'traces routing alone, and says what it could not see' {
        Import-Module (Join-Path $PSScriptRoot TailSplit.Pester.psm1)
        $testHost = New-TestHost -User 65534
        try {
            $result = Invoke-InTestHost $testHost { Trace-TailSplitPacket torrents -Destination 1.1.1.1 }
            $result.Error | Should -BeNullOrEmpty
            $result.Output.RoutingRule | Should -BeLike '*pref 5270*'
            $result.Output.Unsure | Should -HaveCount 1
            $result.Warning | Should -HaveCount 1
            $result.Warning[0] | Should -BeLike '*covers only routing*'
        } finally {
            Remove-TestHost $testHost
        }
    }
}
