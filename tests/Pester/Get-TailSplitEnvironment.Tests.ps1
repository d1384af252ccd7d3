BeforeDiscovery {
    Import-Module (Join-Path $PSScriptRoot TailSplit.Pester.psm1)
    $skip = -not (Test-TestHost)
}

Describe 'Get-TailSplitEnvironment' -Skip:$skip {
    BeforeAll {
        Import-Module (Join-Path $PSScriptRoot TailSplit.Pester.psm1)
        $testHost = New-TestHost
        $result = Invoke-InTestHost $testHost { Get-TailSplitEnvironment }
        $found = $result.Output[0]
    }

    AfterAll {
        Remove-TestHost $testHost
    }

    It 'tells of tunnel, Tailscale''s rules, Docker and iptables as they are' {
        $result.Error | Should -BeNullOrEmpty
        $found.TunnelInterface | Should -Be 'tailscale0'
        $found.TunnelAddress | Should -Be '100.101.102.103'
        $found.ExitNodeActive | Should -BeTrue
        $found.TailscaleTable | Should -Be 52
        $found.TailscalePreference | Should -Be 5210, 5230, 5250, 5270
        $found.EscapeMark | Should -Be '0x80000/0xff0000'
        $found.RulePreference | Should -Be 5100
        $found.DockerVersion | Should -Be '28.5.2'
        $found.IptablesVariant | Should -Not -BeNullOrEmpty
        $found.RpFilter.Keys | Should -Contain 'br-media'
    }

    It 'says what it could not see' {
        $found.NotSeen -match "^Tailscale's status: The program 'tailscale' is not installed" | Should -HaveCount 1
        $found.AllowLanAccess | Should -BeNullOrEmpty
    }

    It 'fits a terminal of 100 columns' {
        $text = (Invoke-InTestHost $testHost { Get-TailSplitEnvironment | Out-String -Width 100 }).Output[0]
        $text | Should -Match 'Tunnel +: tailscale0, 100\.101\.102\.103, MTU 1500'
        $text | Should -Match 'Docker +: 28\.5\.2, firewall iptables'
        $text -split "`n" | ForEach-Object { $_.Length | Should -BeLessOrEqual 100 }
    }

    It 'works without root as far as it can' {
        $user = New-TestHost -User 65534
        try {
            $result = Invoke-InTestHost $user { Get-TailSplitEnvironment }
            $result.Error | Should -BeNullOrEmpty
            $result.Output[0].TunnelInterface | Should -Be 'tailscale0'
            $result.Output[0].EscapeMark | Should -Be '0x80000/0xff0000'
            $result.Output[0].IptablesVariant | Should -BeNullOrEmpty
            $result.Output[0].NotSeen -match "^The firewall's rules: " | Should -HaveCount 1
        } finally {
            Remove-TestHost $user
        }
    }
}
