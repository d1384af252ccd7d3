BeforeDiscovery {
    Import-Module (Join-Path $PSScriptRoot TailSplit.Pester.psm1)
    $skip = -not (Test-TestHost)
}

Describe 'Remove-TailSplitPolicy' -Skip:$skip {
    BeforeAll {
        Import-Module (Join-Path $PSScriptRoot TailSplit.Pester.psm1)
        $testHost = New-TestHost
        $before = Get-KernelText $testHost
    }

    AfterAll {
        Remove-TestHost $testHost
    }

    Context 'on a host with both kinds' {
        BeforeEach {
            $made = Invoke-InTestHost $testHost {
                New-TailSplitBypass media -Confirm:$false
                New-TailSplitKillswitch torrents -AllowPublishedPort -BlockHost -Confirm:$false
            }
            $made.Error | Should -BeNullOrEmpty
            $policies = Get-KernelText $testHost
        }

        It 'is the end of a whole story, which leaves the host as it was' {
            $again = Invoke-InTestHost $testHost {
                New-TailSplitBypass media
                New-TailSplitKillswitch torrents -AllowPublishedPort -BlockHost
            }
            $again.Output | ForEach-Object { "$($_.State)" } | Sort-Object -Unique | Should -Be 'Unchanged'
            $result = Invoke-InTestHost $testHost {
                (Get-TailSplitPolicy | ForEach-Object { "$($_.Name) $($_.Kind) $($_.State)" }) -join ', '
                (Get-TailSplitRule).Count
                $removed = Get-TailSplitPolicy | Remove-TailSplitPolicy -Confirm:$false
                "$($removed.State | Sort-Object -Unique)"
                $removed.Count
                @(Get-TailSplitPolicy).Count
                @(Get-TailSplitRule).Count
            }
            $result.Error | Should -BeNullOrEmpty
            $result.Output[0] | Should -Be 'media Bypass Active, torrents Killswitch Active'
            $result.Output[2] | Should -Be 'Removed'
            $result.Output[3] | Should -Be $result.Output[1]
            $result.Output[4] | Should -Be 0
            $result.Output[5] | Should -Be 0
            Get-KernelText $testHost | Should -BeExactly $before
        }

        It 'takes <What>' -ForEach @(
            @{ What = 'a wildcard'; Line = 'Remove-TailSplitPolicy *' }
            @{ What = 'names by position'; Line = 'Remove-TailSplitPolicy media, TORRENTS' }
            @{ What = 'names from the pipeline'; Line = '"media", "tor*" | Remove-TailSplitPolicy' }
            @{ What = 'rules from the pipeline'; Line = 'Get-TailSplitRule | Remove-TailSplitPolicy' }
            @{
                What = 'networks from the pipeline'
                Line = 'Get-DockerNetwork media, torrents | Remove-TailSplitPolicy'
            }
            @{
                What = 'what New- wrote'
                Line = '(New-TailSplitBypass media) + (New-TailSplitKillswitch torrents -AllowPublishedPort -BlockHost) |
                    Remove-TailSplitPolicy'
            }
            @{
                What = 'policies that were away, as text'
                Line = 'Get-TailSplitPolicy | ConvertTo-Json -EnumsAsStrings | ConvertFrom-Json | Remove-TailSplitPolicy'
            }
            @{
                What = 'policies that were away, by remoting'
                Line = '$away = [Management.Automation.PSSerializer]::Serialize(@(Get-TailSplitPolicy))
                    [Management.Automation.PSSerializer]::Deserialize($away) | Remove-TailSplitPolicy'
            }
        ) {
            $result = Invoke-InTestHost $testHost ([scriptblock]::Create($Line))
            $result.Error | Should -BeNullOrEmpty
            $result.Output | ForEach-Object { "$($_.State)" } | Sort-Object -Unique | Should -Be 'Removed'
            Get-KernelText $testHost | Should -BeExactly $before
        }

        It 'removes one policy and leaves the other whole' {
            $result = Invoke-InTestHost $testHost {
                $null = Remove-TailSplitPolicy media
                Get-TailSplitPolicy
            }
            $result.Error | Should -BeNullOrEmpty
            $result.Output.Name | Should -Be 'torrents'
            "$($result.Output.State)" | Should -Be 'Active'
            # What is left of it is Docker's.
            (Get-KernelText $testHost) -split "`n" -match 'media' | Should -Be ($before -split "`n" -match 'media')
        }

        It 'writes nothing with -WhatIf, and shows what it would remove' {
            $result = Invoke-InTestHost $testHost { Remove-TailSplitPolicy * -WhatIf }
            $result.Error | Should -BeNullOrEmpty
            $result.Output | ForEach-Object { "$($_.State)" } | Sort-Object -Unique | Should -Be 'PlannedRemoval'
            Get-KernelText $testHost | Should -BeExactly $policies
        }

        It 'writes nothing where it should ask and nobody answers' {
            $result = Invoke-InTestHost $testHost { Remove-TailSplitPolicy * -Confirm }
            $result.Error | Should -Not -BeNullOrEmpty
            Get-KernelText $testHost | Should -BeExactly $policies
        }

        It 'reports a name that is not in force, and removes the others' {
            $result = Invoke-InTestHost $testHost { Remove-TailSplitPolicy nope, media, torrents }
            $found = Get-OnlyError $result
            $found.FullyQualifiedErrorId | Should -Be 'PolicyNotFound,TailSplit.Commands.RemoveTailSplitPolicyCommand'
            "$($found.CategoryInfo.Category)" | Should -Be 'ObjectNotFound'
            $found.TargetObject | Should -Be 'nope'
            $found.ErrorDetails.RecommendedAction | Should -Match 'Get-TailSplitPolicy'
            Get-KernelText $testHost | Should -BeExactly $before
        }

        It 'writes nothing where such a name stops it' {
            $result = Invoke-InTestHost $testHost { Remove-TailSplitPolicy nope, media -ErrorAction Stop }
            $result.Stopped.FullyQualifiedErrorId | Should -Match '^PolicyNotFound,'
            Get-KernelText $testHost | Should -BeExactly $policies
        }

        It 'reports what names no policy' {
            $result = Invoke-InTestHost $testHost { 42, [pscustomobject]@{ Colour = 'red' } | Remove-TailSplitPolicy }
            $result.Error | Should -HaveCount 2
            $result.Error.FullyQualifiedErrorId | Should -Be @(
                'NotAPolicy,TailSplit.Commands.RemoveTailSplitPolicyCommand'
                'NotAPolicy,TailSplit.Commands.RemoveTailSplitPolicyCommand')
            $result.Error[0].ErrorDetails.RecommendedAction | Should -Not -BeNullOrEmpty
            Get-KernelText $testHost | Should -BeExactly $policies
        }

        It 'writes no text wider than 120 columns, grouped by policy' {
            $text = (Invoke-InTestHost $testHost { Remove-TailSplitPolicy * -WhatIf | Out-String -Width 120 }).Output -split "`n"
            $text | ForEach-Object { $_.TrimEnd().Length | Should -BeLessOrEqual 120 }
            $text -match '^ *Policy: media \(Bypass\), firewall$' | Should -HaveCount 1
            $text -match '^ *Policy: torrents \(Killswitch\), firewall$' | Should -HaveCount 1
        }
    }

    Context 'on a host without policies' {
        BeforeAll {
            $null = Invoke-InTestHost $testHost { Remove-TailSplitPolicy * }
        }

        It 'has nothing to do for a wildcard' {
            $result = Invoke-InTestHost $testHost { Remove-TailSplitPolicy * -ErrorAction Stop }
            $result.Output | Should -BeNullOrEmpty
            $result.Error | Should -BeNullOrEmpty
        }

        It 'has nothing to do for an empty pipeline' {
            $result = Invoke-InTestHost $testHost { Get-TailSplitPolicy | Remove-TailSplitPolicy }
            $result.Error | Should -BeNullOrEmpty
        }

        It 'leaves the kernel as it was' {
            Get-KernelText $testHost | Should -BeExactly $before
        }
    }
}
