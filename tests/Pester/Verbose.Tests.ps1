BeforeDiscovery {
    Import-Module (Join-Path $PSScriptRoot TailSplit.Pester.psm1)
    $skip = -not (Test-TestHost)
}

Describe '-Verbose' -Skip:$skip {
    BeforeAll {
        Import-Module (Join-Path $PSScriptRoot TailSplit.Pester.psm1)
        $testHost = New-TestHost
        $made = Invoke-InTestHost $testHost { New-TailSplitKillswitch torrents }
    }

    AfterAll {
        Remove-TestHost $testHost
    }

    It 'tells of each command that <Line> runs, and of its time' -ForEach @(
        @{ Line = 'Get-DockerNetwork'; Commands = 'docker network ls', 'docker network inspect' }
        @{ Line = 'Get-TailSplitPolicy'; Commands = 'iptables-save', 'ip6tables-save', 'ip -4 .*rule', 'docker network' }
        @{ Line = 'Get-TailSplitRule'; Commands = 'iptables-save', 'ip6tables-save', 'ip -6 .*rule' }
        @{ Line = 'New-TailSplitBypass media'; Commands = 'docker network', 'iptables-restore', 'ip -4 .*-batch' }
        @{ Line = 'Remove-TailSplitPolicy media'; Commands = 'iptables-restore', 'ip6tables-restore', 'ip -6 .*-batch' }
        @{ Line = 'Export-TailSplitPolicy'; Commands = 'iptables-save', 'ip -4 .*rule' }
        @{ Line = 'Sync-TailSplitPolicy'; Commands = 'docker network', 'iptables-save' }
    ) {
        $made.Error | Should -BeNullOrEmpty
        $result = Invoke-InTestHost $testHost ([scriptblock]::Create("$Line -Verbose"))
        $result.Error | Should -BeNullOrEmpty
        $runs = $result.Verbose -match ' after \d+\.\d ms$'
        foreach ($command in $Commands) {
            $runs -match "^$command" | Should -Not -BeNullOrEmpty -Because "$command is run"
        }
    }
}
