BeforeDiscovery {
    Import-Module (Join-Path $PSScriptRoot TailSplit.Pester.psm1)
    $skip = -not (Test-TestHost)
}

Describe 'Watch-TailSplitPolicy' -Skip:$skip {
    BeforeAll {
        Import-Module (Join-Path $PSScriptRoot TailSplit.Pester.psm1)
        $testHost = New-TestHost
        (Invoke-InTestHost $testHost { New-TailSplitKillswitch torrents }).Error | Should -BeNullOrEmpty
    }

    AfterAll {
        Remove-TestHost $testHost
    }

    It 'puts rules back that somebody deletes, and ends with its pipeline' {
        $result = Invoke-InTestHost $testHost {
            Watch-TailSplitPolicy -WarningAction Ignore | ForEach-Object {
                if ($_.Detail -eq 'Watching.') { Start-Sleep 1; ip rule flush protocol 84 }
                $_
            } | Where-Object Outcome -EQ Repaired | Select-Object -First 1
        }
        $result.Error | Should -BeNullOrEmpty
        $result.Output.Policy | Should -Be 'torrents'
        $result.Output.Kind | Should -Be 'RoutingChanged'
        (Invoke-InTestHost $testHost { "$((Get-TailSplitPolicy torrents).State)" }).Output | Should -Be 'Active'
    }
}
