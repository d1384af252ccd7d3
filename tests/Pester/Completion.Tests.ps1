BeforeDiscovery {
    Import-Module (Join-Path $PSScriptRoot TailSplit.Pester.psm1)
    $skip = -not (Test-TestHost)
}

Describe 'Tab, without a host' {
    BeforeAll {
        Import-Module (Join-Path $PSScriptRoot TailSplit.Pester.psm1)
        $session = Enter-StubSession $TestDrive
        # What is compiled on first use would use up the moment that Tab waits for docker.
        $null = Get-DockerNetwork

        function Complete([string] $Line) {
            (TabExpansion2 $Line $Line.Length).CompletionMatches
        }
    }

    AfterAll {
        Exit-StubSession $session
    }

    It 'completes <Line> to <Text>' -ForEach @(
        @{ Line = 'Get-DockerNetwork m'; Text = 'media' }
        @{ Line = 'Get-DockerNetwork -Name t'; Text = 'torrents' }
        @{ Line = 'New-TailSplitBypass g'; Text = 'games' }
        @{ Line = 'New-TailSplitBypass media, t'; Text = 'torrents' }
        @{ Line = 'New-TailSplitKillswitch -Network "m'; Text = '"media"' }
        @{ Line = 'Get-DockerNetwork -Label '; Text = "@{ owner = 'ann' }", "@{ tier = 'closed' }", "@{ tier = 'open' }" }
        @{ Line = 'New-TailSplitBypass media -Mechanism '; Text = 'Mark', 'Route' }
        @{ Line = 'New-TailSplitKillswitch media -Action R'; Text = 'Reject' }
        @{ Line = 'Get-TailSplitRule -Layer '; Text = 'Firewall', 'Routing' }
        @{ Line = 'New-TailSplitBypass -Ex'; Text = '-Exclude' }
        @{ Line = 'New-TailSplitB'; Text = 'New-TailSplitBypass' }
    ) {
        (Complete $Line).CompletionText | Should -Be $Text
    }

    It 'offers networks that can have a policy first, and says why others can not' {
        $found = Complete 'New-TailSplitKillswitch '
        $found.CompletionText | Should -Be 'bridge', 'games', 'media', 'torrents', 'host', 'lan', 'none', 'vault'
        $found[2].ToolTip | Should -Be 'bridge, 172.19.0.0/16, fd00:19::/64; can have a policy'
        $found[5].ToolTip | Should -Match '^macvlan, 192\.168\.7\.0/24; no policy: '
    }

    It 'says nothing when docker is down' {
        $broken = Join-Path $session.Stubs broken
        Set-Content $broken 'Cannot connect to the Docker daemon'
        # What was read a moment ago is still known.
        Start-Sleep -Milliseconds 2100
        $errors = $Error.Count
        try {
            Complete 'New-TailSplitBypass ' | Where-Object ToolTip -Match 'policy' | Should -BeNullOrEmpty
            $Error.Count | Should -Be $errors
        } finally {
            Remove-Item $broken
        }
    }

    It 'waits for a docker that hangs no longer than a second or so' {
        $docker = Join-Path $session.Stubs docker
        $answer = Get-Content $docker -Raw
        Set-Content $docker '#!/bin/sh', 'exec sleep 20'
        Start-Sleep -Milliseconds 2100
        try {
            $time = Measure-Command { $script:found = Complete 'New-TailSplitBypass ' }
            $found | Where-Object ToolTip -Match 'policy' | Should -BeNullOrEmpty
            $time.TotalSeconds | Should -BeLessThan 3
        } finally {
            Set-Content $docker $answer
        }
    }
}

Describe 'Tab, on a host with policies' -Skip:$skip {
    BeforeAll {
        Import-Module (Join-Path $PSScriptRoot TailSplit.Pester.psm1)
        $testHost = New-TestHost
        $made = Invoke-InTestHost $testHost {
            New-TailSplitBypass media
            New-TailSplitKillswitch torrents
        }
    }

    AfterAll {
        Remove-TestHost $testHost
    }

    It 'completes <Line> to <Text>' -ForEach @(
        @{ Line = 'Get-TailSplitPolicy '; Text = 'media', 'torrents' }
        @{ Line = 'Get-TailSplitRule -Policy t'; Text = 'torrents' }
        @{ Line = 'Remove-TailSplitPolicy '; Text = 'media', 'torrents' }
        @{ Line = 'Remove-TailSplitPolicy media, t'; Text = 'torrents' }
        @{ Line = 'New-TailSplitBypass media -TunnelInterface t'; Text = 'tailscale0' }
        @{ Line = 'New-TailSplitBypass -Bridge br-m'; Text = 'br-media' }
    ) {
        $made.Error | Should -BeNullOrEmpty
        $result = Invoke-InTestHost $testHost {
            param($line)
            (TabExpansion2 $line $line.Length).CompletionMatches.CompletionText
        } $Line
        $result.Error | Should -BeNullOrEmpty
        $result.Output | Should -Be $Text
    }

    It 'tells of a policy what it is' {
        $result = Invoke-InTestHost $testHost { (TabExpansion2 'Get-TailSplitPolicy t' 21).CompletionMatches.ToolTip }
        $result.Output | Should -Be 'Killswitch: 172.18.0.0/16, fd00:18::/64, br-torrents'
    }
}
