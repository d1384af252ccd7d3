BeforeDiscovery {
    Import-Module (Join-Path $PSScriptRoot TailSplit.Pester.psm1)
    $skip = -not (Test-TestHost)
}

Describe 'New-TailSplitBypass, in force' -Skip:$skip {
    BeforeAll {
        Import-Module (Join-Path $PSScriptRoot TailSplit.Pester.psm1)
        $testHost = New-TestHost
        $before = Get-KernelText $testHost
    }

    AfterAll {
        Remove-TestHost $testHost
    }

    AfterEach {
        $null = Invoke-InTestHost $testHost { Remove-TailSplitPolicy * }
        Get-KernelText $testHost | Should -BeExactly $before
    }

    It 'applies, and finds itself unchanged the second time' {
        $first = Invoke-InTestHost $testHost { New-TailSplitBypass media -Confirm:$false }
        $first.Error | Should -BeNullOrEmpty
        $first.Output | ForEach-Object { "$($_.State)" } | Sort-Object -Unique | Should -Be 'Applied'
        $applied = Get-KernelText $testHost
        $applied | Should -Match '-A TAILSPLIT-BYPASS'
        $applied | Should -Match 'iif br-media lookup main'

        $again = Invoke-InTestHost $testHost { New-TailSplitBypass media }
        $again.Output | ForEach-Object { "$($_.State)" } | Sort-Object -Unique | Should -Be 'Unchanged'
        Get-KernelText $testHost | Should -BeExactly $applied
    }

    It 'writes exactly what -WhatIf announced' {
        $result = Invoke-InTestHost $testHost {
            $planned = New-TailSplitBypass media, games -Exclude 1.1.1.1 -WhatIf
            $applied = New-TailSplitBypass media, games -Exclude 1.1.1.1
            Compare-Object $planned.CommandLine $applied.CommandLine
            $applied.Count
        }
        $result.Output | Should -HaveCount 1
    }

    It 'puts a whole pipeline in force at once' {
        $result = Invoke-InTestHost $testHost {
            Get-DockerNetwork media, games | New-TailSplitBypass
            (Get-TailSplitPolicy).Name
        }
        $result.Error | Should -BeNullOrEmpty
        $result.Output[-2..-1] | Should -Be 'games', 'media'
    }

    It 'names -Force where other options are in force, and replaces with it' {
        $result = Invoke-InTestHost $testHost {
            $null = New-TailSplitBypass media
            New-TailSplitBypass media -Exclude 1.1.1.1
        }
        $found = Get-OnlyError $result
        $found.FullyQualifiedErrorId | Should -Match '^PolicyExists,'
        "$($found.CategoryInfo.Category)" | Should -Be 'ResourceExists'
        $found.ErrorDetails.RecommendedAction | Should -Match '-Force'

        $forced = Invoke-InTestHost $testHost {
            $null = New-TailSplitBypass media -Exclude 1.1.1.1 -Force
            (Get-TailSplitPolicy media).Exclude
        }
        $forced.Error | Should -BeNullOrEmpty
        $forced.Output | Should -Be '1.1.1.1/32'
    }

    It 'refuses a second policy on the same network' {
        $result = Invoke-InTestHost $testHost {
            $null = New-TailSplitBypass media
            New-TailSplitBypass media -Name films
        }
        $found = Get-OnlyError $result
        $found.FullyQualifiedErrorId | Should -Match '^OverlappingPolicies,'
        $found.TargetObject | Should -Be 'films'
    }

    It 'writes nothing where it should ask and nobody answers, and all with -Confirm:$false' {
        $asked = Invoke-InTestHost $testHost {
            $ConfirmPreference = 'Low'
            New-TailSplitBypass media
        }
        $asked.Error | Should -Not -BeNullOrEmpty
        Get-KernelText $testHost | Should -BeExactly $before
        $told = Invoke-InTestHost $testHost {
            $ConfirmPreference = 'Low'
            New-TailSplitBypass media -Confirm:$false
        }
        $told.Error | Should -BeNullOrEmpty
        $told.Output.Policy | Should -Contain 'media'
    }

    It 'waits for the lock no longer than -Wait says' {
        $result = Invoke-InTestHost $testHost {
            param($path)
            $null = New-Item -ItemType Directory -Force /run/tailsplit
            $held = [IO.File]::Open($path, 'OpenOrCreate', 'ReadWrite', 'None')
            try {
                New-TailSplitBypass media -Wait 0
            } finally {
                $held.Dispose()
            }
        } $testHost.LockFile
        $result.Stopped.FullyQualifiedErrorId | Should -Be 'LockTimeout,TailSplit.Commands.NewTailSplitBypassCommand'
        "$($result.Stopped.CategoryInfo.Category)" | Should -Be 'OperationTimeout'
        $result.Stopped.ErrorDetails.RecommendedAction | Should -Match '-Wait'
    }
}
