BeforeDiscovery {
    Import-Module (Join-Path $PSScriptRoot TailSplit.Pester.psm1)
    $skip = -not (Test-TestHost)
}

Describe 'Test-TailSplitPolicy -Probe' -Skip:$skip {
    BeforeAll {
        Import-Module (Join-Path $PSScriptRoot TailSplit.Pester.psm1)
        $testHost = New-TestHost
        # Packets for the target go into the tunnel, whose program never reads them. Without one a TUN device sends nothing.
        $made = Invoke-InTestHost $testHost {
            $libc = Add-Type -Namespace Tunnel -Name LibC -PassThru -MemberDefinition '
                [System.Runtime.InteropServices.DllImport("libc")]
                public static extern int ioctl(Microsoft.Win32.SafeHandles.SafeFileHandle file, nuint request, byte[] interfaceRequest);'
            $global:tunnel = [IO.File]::OpenHandle('/dev/net/tun', 'Open', 'ReadWrite', 'ReadWrite')
            $request = [byte[]]::new(40)
            $null = [Text.Encoding]::ASCII.GetBytes('tailscale0', 0, 10, $request, 0)
            # TUNSETIFF with IFF_TUN and IFF_NO_PI (linux/if_tun.h).
            [BitConverter]::GetBytes([int16] 0x1001).CopyTo($request, 16)
            if ($libc::ioctl($tunnel, 0x400454ca, $request) -ne 0) { throw 'The tunnel can not be opened.' }
            New-TailSplitKillswitch torrents
            New-TailSplitBypass media
        }
        $made.Error | Should -BeNullOrEmpty
    }

    AfterAll {
        if ($testHost) { $null = Invoke-InTestHost $testHost { $tunnel.Dispose() } }
        Remove-TestHost $testHost
    }

    It 'proves a killswitch by packets of its own' {
        $result = Invoke-InTestHost $testHost {
            Test-TailSplitPolicy torrents -Probe -ProbeTarget 198.51.100.10 | Where-Object Check -EQ Probe
        }
        $result.Error | Should -BeNullOrEmpty
        $result.Output | Should -HaveCount 1
        "$($result.Output.Status)" | Should -Be Pass
        $result.Output.Policy | Should -Be torrents
        $result.Output.Detail | Should -BeLike 'Tunnelled: ICMP, TCP 53/443, UDP 53/443 to 198.51.100.10 from a namespace on br-torrents left by tailscale0*'
    }

    It 'fails a bypass that goes by the tunnel, with the command that fixes it' {
        & nsenter "--net=/run/netns/$($testHost.Namespace)" ip rule flush protocol 84
        & nsenter "--net=/run/netns/$($testHost.Namespace)" iptables -t mangle -F TSB-media
        $result = Invoke-InTestHost $testHost {
            Test-TailSplitPolicy media -Probe -ProbeTarget 198.51.100.10 | Where-Object Check -EQ Probe
            Test-TailSplitPolicy media -Probe -ProbeTarget 198.51.100.10 -Quiet
        }
        $result.Error | Should -BeNullOrEmpty
        "$($result.Output[0].Status)" | Should -Be Fail
        $result.Output[0].Detail | Should -BeLike 'Tunnelled: *left by tailscale0, although the network has a bypass.'
        $result.Output[0].Remedy | Should -Be 'New-TailSplitBypass media -Force'
        $result.Output[1] | Should -BeFalse
    }

    It 'takes addresses of single machines only' {
        $result = Invoke-InTestHost $testHost { Test-TailSplitPolicy torrents -Probe -ProbeTarget 10.0.0.0/8 | Where-Object Check -EQ Probe }
        (Get-OnlyError $result).FullyQualifiedErrorId | Should -BeLike 'InvalidProbeTarget,*'
        $result.Output | Should -BeNullOrEmpty
    }

    It 'leaves no interface behind' {
        & ip -n $testHost.Namespace -br link | Should -Not -Match tsprobe
    }
}
