BeforeDiscovery {
    Import-Module (Join-Path $PSScriptRoot TailSplit.Pester.psm1)
    $skip = -not (Test-TestHost)
}

Describe 'Test-TailSplitPolicy' -Skip:$skip {
    BeforeAll {
        Import-Module (Join-Path $PSScriptRoot TailSplit.Pester.psm1)
        $testHost = New-TestHost
        $bare = Invoke-InTestHost $testHost { Test-TailSplitPolicy }
        $null = Invoke-InTestHost $testHost { New-TailSplitBypass media; New-TailSplitKillswitch torrents }
        $result = Invoke-InTestHost $testHost { Test-TailSplitPolicy }
    }

    AfterAll {
        Remove-TestHost $testHost
    }

    It 'looks at a host without policies, and finds it well' {
        $bare.Error | Should -BeNullOrEmpty
        $bare.Output | Where-Object { "$($_.Status)" -in 'Warn', 'Fail' } | Should -BeNullOrEmpty
        $bare.Output.Policy | Where-Object { $_ } | Should -BeNullOrEmpty
        $bare.Output.Check | Should -Contain 'Replies'
    }

    It 'emits an object for each check, with a remedy where something is not well' {
        $result.Error | Should -BeNullOrEmpty
        $result.Output[0].PSObject.Properties.Name | Should -Be 'Check', 'Status', 'Policy', 'Detail', 'Remedy'
        $trouble = $result.Output | Where-Object { "$($_.Status)" -in 'Warn', 'Fail' }
        $trouble | ForEach-Object { "$($_.Check) $($_.Status) $($_.Policy)" } |
            Should -Be 'Reboot Warn media', 'OtherNetwork Warn torrents', 'Reboot Warn torrents'
        $trouble[1].Remedy | Should -Be 'New-TailSplitKillswitch games'
    }

    It 'gives a bool with -Quiet, false once something fails, true once its remedy has run' {
        (Invoke-InTestHost $testHost { Test-TailSplitPolicy -Quiet }).Output | Should -Be $true
        & ip -n $testHost.Namespace rule del prohibit protocol 84
        $broken = Invoke-InTestHost $testHost {
            Test-TailSplitPolicy -Quiet
            $check = Test-TailSplitPolicy | Where-Object Status -EQ Fail
            $check
            $null = Invoke-Expression $check.Remedy
            Test-TailSplitPolicy -Quiet
        }
        $broken.Error | Should -BeNullOrEmpty
        $broken.Output[0] | Should -BeFalse
        "$($broken.Output[1].Check) $($broken.Output[1].Policy)" | Should -Be 'Rules torrents'
        $broken.Output[2] | Should -BeTrue
    }

    It 'fits a terminal of 100 columns, with its remedy beneath' {
        $text = (Invoke-InTestHost $testHost { Test-TailSplitPolicy torrents | Out-String -Width 100 }).Output[0]
        $text | Should -Match '(?m)^ *Checked: policy torrents\s'
        $text | Should -Match '(?m)^Warn +OtherNetwork +Also on another network: prowlarr '
        $text | Should -Match '> New-TailSplitKillswitch games'
        $text | Should -Not -Match "`e"
        $text -split "`n" | ForEach-Object { $_.Length | Should -BeLessOrEqual 100 }
    }

    It 'colours the status where colours are wanted' {
        $text = (Invoke-InTestHost $testHost {
            $PSStyle.OutputRendering = 'Ansi'
            try { Test-TailSplitPolicy torrents | Out-String -Width 100 } finally { $PSStyle.OutputRendering = 'PlainText' }
        }).Output[0]
        $text | Should -Match "`e\[33mWarn *`e\[0m"
        $text | Should -Match "`e\[32mPass *`e\[0m"
    }
}
