BeforeDiscovery {
    Import-Module (Join-Path $PSScriptRoot TailSplit.Pester.psm1)
    $skip = -not (Test-TestHost)
}

Describe 'Sync-TailSplitPolicy' -Skip:$skip {
    BeforeAll {
        Import-Module (Join-Path $PSScriptRoot TailSplit.Pester.psm1)
        $testHost = New-TestHost
        $before = Get-KernelText $testHost

        function Set-StubLabel([string] $Network, [hashtable] $Label) {
            $file = (Get-Item (Join-Path $testHost.Stubs networks $Network)).Target
            $inspect = Get-Content $file -Raw | ConvertFrom-Json -AsHashtable
            $inspect.Labels = $Label
            $inspect | ConvertTo-Json -Depth 5 | Set-Content $file
        }
    }

    AfterAll {
        Remove-TestHost $testHost
    }

    AfterEach {
        $null = Invoke-InTestHost $testHost { Remove-TailSplitPolicy * }
    }

    It 'converges on labels, shows the difference before, and does nothing the second time' {
        Set-StubLabel media @{ 'tailsplit.policy' = 'bypass'; 'tailsplit.mechanism' = 'route' }
        Set-StubLabel torrents @{ 'tailsplit.policy' = 'killswitch'; 'tailsplit.block-host' = 'true' }
        $result = Invoke-InTestHost $testHost { Sync-TailSplitPolicy -WhatIf }
        $result.Error | Should -BeNullOrEmpty
        $result.Output | ForEach-Object { "$($_.State)" } | Sort-Object -Unique | Should -Be 'Planned'
        Get-KernelText $testHost | Should -BeExactly $before

        $result = Invoke-InTestHost $testHost {
            $null = Sync-TailSplitPolicy
            @(Sync-TailSplitPolicy).Count
            (Get-TailSplitPolicy | ForEach-Object { "$($_.Name) $($_.Kind) $($_.State)" }) -join ', '
        }
        $result.Error | Should -BeNullOrEmpty
        $result.Output | Should -Be 0, 'media Bypass Active, torrents Killswitch Active'
    }

    It 'removes what labels no longer ask for, and nothing that was made by hand' {
        Set-StubLabel media @{ 'tailsplit.policy' = 'killswitch' }
        Set-StubLabel torrents @{}
        $null = Invoke-InTestHost $testHost { $null = New-TailSplitKillswitch games; Sync-TailSplitPolicy }
        Set-StubLabel media @{}
        $result = Invoke-InTestHost $testHost {
            $removed = Sync-TailSplitPolicy
            "$($removed.State | Sort-Object -Unique)"
            (Get-TailSplitPolicy).Name
            $null = Sync-TailSplitPolicy -Prune
            @(Get-TailSplitPolicy).Count
        }
        $result.Error | Should -BeNullOrEmpty
        $result.Output | Should -Be 'Removed', 'games', 0
        Get-KernelText $testHost | Should -BeExactly $before
    }

    It 'closes a network that asked for a killswitch in another spelling, and says so' {
        Set-StubLabel media @{ 'tailsplit.policy' = 'Kill-Switch' }
        Set-StubLabel torrents @{}
        $result = Invoke-InTestHost $testHost { $null = Sync-TailSplitPolicy; "$((Get-TailSplitPolicy).Kind)" }
        $result.Output | Should -Be 'Killswitch'
        $reported = Get-OnlyError $result
        $reported.FullyQualifiedErrorId | Should -BeLike 'InvalidLabel,*'
        $reported.TargetObject | Should -Be 'media'
    }

    It 'converges on a file' {
        $path = Join-Path $TestDrive policy.json
        $result = Invoke-InTestHost $testHost {
            param($path)
            $null = 'media', 'torrents' | New-TailSplitKillswitch
            Export-TailSplitPolicy torrents -Path $path
            $null = Sync-TailSplitPolicy $path -Prune
            (Get-TailSplitPolicy).Name
        } $path
        $result.Error | Should -BeNullOrEmpty
        $result.Output | Should -Be 'torrents'
    }
}
