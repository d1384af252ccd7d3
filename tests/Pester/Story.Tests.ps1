# The whole story, as a person lives it, in one session of a real pwsh on a real kernel: each step begins where the last one ended.
# Where packets would go is asked of the kernel itself (ip route get); none is sent. What packets do is tested in TailSplit.Lab.

BeforeDiscovery {
    Import-Module (Join-Path $PSScriptRoot TailSplit.Pester.psm1)
    $skip = -not (Test-TestHost)
}

Describe 'The whole story' -Skip:$skip {
    BeforeAll {
        Import-Module (Join-Path $PSScriptRoot TailSplit.Pester.psm1)
        $testHost = New-TestHost
        $file = Join-Path $TestDrive policies.json
        @'
link add eth0 type bridge
addr add 203.0.113.2/24 dev eth0
link set eth0 up
route add default via 203.0.113.1 dev eth0
'@ | & ip -n $testHost.Namespace -batch -
        $LASTEXITCODE | Should -Be 0
        # Forwarding in this namespace, whose only packets are the kernel's own thoughts.
        & ip netns exec $testHost.Namespace sh -c 'echo 1 > /proc/sys/net/ipv4/ip_forward; for f in /proc/sys/net/ipv4/conf/*/rp_filter; do echo 0 > $f; done'
        $before = Get-KernelText $testHost

        # The interface by which the kernel would forward a packet of a container to the internet, or why it would not.
        function Get-Way([string] $Bridge, [string] $Source, [string] $Mark = '0') {
            $answer = & ip -n $testHost.Namespace route get 198.51.100.7 from $Source iif $Bridge mark $Mark 2>&1
            if ("$answer" -match ' dev (\S+)') { $Matches[1] } else { "$answer" }
        }

        function Invoke-Step([scriptblock] $Script) {
            $result = Invoke-InTestHost $testHost $Script $file
            $result.Error | Should -BeNullOrEmpty
            $result.Output
        }
    }

    AfterAll {
        Remove-TestHost $testHost
    }

    It 'begins with everything leaving by the exit node' {
        Get-Way br-media 172.19.0.5 | Should -Be tailscale0
        Get-Way br-torrents 172.18.0.5 | Should -Be tailscale0
    }

    It 'finds what can be done by Get-Command, Get-Help and Tab alone' {
        $found = Invoke-Step {
            (Get-Command -Module TailSplit -Verb New).Name
            Get-Help New-TailSplitKillswitch | Out-String -Width 400
            (TabExpansion2 'New-TailSplitKillswitch -Allow').CompletionMatches.CompletionText
        }
        $found | Should -Contain New-TailSplitKillswitch
        $found | Should -Contain '-AllowDestination'
        "$found" | Should -Match '-BlockHost'
    }

    It 'looks first, and changes nothing by it' {
        $rules = Invoke-Step {
            Get-DockerNetwork torrents | New-TailSplitKillswitch -WhatIf
            Get-DockerNetwork media | New-TailSplitBypass -WhatIf
        }
        $rules.State | ForEach-Object { "$_" } | Sort-Object -Unique | Should -Be Planned
        Get-KernelText $testHost | Should -BeExactly $before
    }

    It 'puts both policies in force' {
        $rules = Invoke-Step {
            Get-DockerNetwork torrents | New-TailSplitKillswitch -AllowPublishedPort
            Get-DockerNetwork media | New-TailSplitBypass
        }
        # What both share changes with the second: the way back to both subnets becomes one rule.
        ($rules | Where-Object Policy).State | ForEach-Object { "$_" } | Sort-Object -Unique | Should -BeIn 'Applied', 'Unchanged'
        $policies = Invoke-Step { Get-TailSplitPolicy }
        $policies.Name | Should -Be 'media', 'torrents'
        $policies.State | ForEach-Object { "$_" } | Should -Be 'Active', 'Active'
    }

    It 'sends the bypassed network by the ISP and the killswitched one by the tunnel' {
        # The firewall sets the mark before the kernel looks for a route.
        Get-Way br-media 172.19.0.5 0x80000 | Should -Be eth0
        Get-Way br-torrents 172.18.0.5 | Should -Be tailscale0
        Get-Way br-040404040404 172.20.0.5 | Should -Be tailscale0
    }

    It 'shows all that in the map' {
        $map = "$((Invoke-Step { Show-TailSplitMap }).Content)"
        $map | Should -Match '(?s)ISP \(eth0\).*media +bypass +active.*Exit node \(tailscale0\).*torrents +killswitch +active'
    }

    It 'refuses the killswitched network everything once the exit node is gone, in either mark' {
        & ip -n $testHost.Namespace route delete default table 52
        & ip -n $testHost.Namespace -6 route delete default dev tailscale0 table 52
        Get-Way br-torrents 172.18.0.5 | Should -Match 'Permission denied'
        Get-Way br-torrents 172.18.0.5 0x80000 | Should -Match 'Permission denied'
        Get-Way br-040404040404 172.20.0.5 | Should -Be eth0
        "$((Invoke-Step { Show-TailSplitMap }).Content)" | Should -Match '(?s)Blocked.*torrents +killswitch'
        & ip -n $testHost.Namespace route add default dev tailscale0 table 52
        & ip -n $testHost.Namespace -6 route add default dev tailscale0 table 52
    }

    It 'says what is missing when somebody deletes a rule, and repairs it by the same command' {
        & ip -n $testHost.Namespace rule delete iif br-torrents prohibit
        "$((Invoke-Step { Get-TailSplitPolicy torrents }).State)" | Should -Be Degraded
        $null = Invoke-Step { New-TailSplitKillswitch torrents -AllowPublishedPort }
        "$((Invoke-Step { Get-TailSplitPolicy torrents }).State)" | Should -Be Active
    }

    It 'keeps the policies in a file, and brings them back from it to the same rules' {
        $with = Get-KernelText $testHost
        $null = Invoke-Step { Export-TailSplitPolicy -Path $args[0] -ErrorAction Stop }
        $null = Invoke-Step { Remove-TailSplitPolicy * }
        Get-KernelText $testHost | Should -BeExactly $before
        $null = Invoke-Step { Sync-TailSplitPolicy $args[0] }
        $names = (Invoke-Step { Get-TailSplitPolicy }).Name
        $names | Should -Be 'media', 'torrents'
        Get-Way br-media 172.19.0.5 0x80000 | Should -Be eth0
        ($with -split "`n").Count | Should -Be ((Get-KernelText $testHost) -split "`n").Count
        $synced = Get-KernelText $testHost
        $null = Invoke-Step { Sync-TailSplitPolicy $args[0] }
        Get-KernelText $testHost | Should -BeExactly $synced
    }

    It 'ends as it began' {
        $null = Invoke-Step { Get-TailSplitPolicy | Remove-TailSplitPolicy }
        Get-KernelText $testHost | Should -BeExactly $before
        Get-Way br-media 172.19.0.5 | Should -Be tailscale0
    }
}
