BeforeDiscovery {
    Import-Module (Join-Path $PSScriptRoot TailSplit.Pester.psm1)
    $skip = -not (Test-TestHost)
}

Describe 'Export-TailSplitPolicy' -Skip:$skip {
    BeforeAll {
        Import-Module (Join-Path $PSScriptRoot TailSplit.Pester.psm1)
        $testHost = New-TestHost
        $before = Get-KernelText $testHost
        $made = Invoke-InTestHost $testHost {
            $null = New-TailSplitBypass media -Exclude 203.0.113.7
            $null = New-TailSplitKillswitch torrents -AllowPublishedPort -BlockHost -Action Reject
        }
        $made.Error | Should -BeNullOrEmpty
        $policies = Get-KernelText $testHost
    }

    AfterAll {
        Remove-TestHost $testHost
    }

    It 'emits JSON by itself, with the networks by name' {
        $result = Invoke-InTestHost $testHost { Export-TailSplitPolicy }
        $result.Error | Should -BeNullOrEmpty
        $document = $result.Output | ConvertFrom-Json
        $document.version | Should -Be 1
        $document.policies.name | Should -Be 'media', 'torrents'
        $document.policies.network | Should -Be 'media', 'torrents'
        $document.policies[1].blockHost | Should -BeTrue
    }

    It 'takes names, and policies from the pipeline' {
        $result = Invoke-InTestHost $testHost {
            (Export-TailSplitPolicy m* | ConvertFrom-Json).policies.name
            (Get-TailSplitPolicy torrents | Export-TailSplitPolicy | ConvertFrom-Json).policies.name
        }
        $result.Error | Should -BeNullOrEmpty
        $result.Output | Should -Be 'media', 'torrents'
    }

    It 'writes a file for its owner alone, relative to where the prompt is' {
        $result = Invoke-InTestHost $testHost {
            param($folder)
            Set-Location $folder
            Export-TailSplitPolicy -Path policy.json
            (Get-Item policy.json).UnixMode
            Export-TailSplitPolicy -Path policy.json -NoClobber
        } $TestDrive.FullName
        $result.Output | Should -Be '-rw-------'
        (Get-OnlyError $result).FullyQualifiedErrorId | Should -BeLike 'PolicyFileExists,*'
    }

    It 'writes nothing with -WhatIf' {
        $result = Invoke-InTestHost $testHost { param($path) Export-TailSplitPolicy -Path $path -WhatIf } (Join-Path $TestDrive none.json)
        $result.Error | Should -BeNullOrEmpty
        Join-Path $TestDrive none.json | Should -Not -Exist
    }

    It 'writes a script that a shell without PowerShell runs, twice as good as once, and that undoes itself' {
        $path = Join-Path $TestDrive policies.sh
        $result = Invoke-InTestHost $testHost {
            param($path)
            Export-TailSplitPolicy -As Script -Path $path
            $null = Remove-TailSplitPolicy *
        } $path
        $result.Error | Should -BeNullOrEmpty
        Get-KernelText $testHost | Should -BeExactly $before
        # ip rules of one preference stand in the order in which they were written, and none of them decides for another.
        function Format-Rule([string] $text) {
            $lines = $text -split "`n"
            (@($lines -notmatch '^\d+:\t') + @($lines -match '^\d+:\t' | Sort-Object)) -join "`n"
        }
        foreach ($time in 1, 2) {
            & ip netns exec $testHost.Namespace sh $path up
            $LASTEXITCODE | Should -Be 0
            Format-Rule (Get-KernelText $testHost) | Should -BeExactly (Format-Rule $policies)
        }

        & ip netns exec $testHost.Namespace sh $path status | Should -Be 'in force'
        & ip netns exec $testHost.Namespace sh $path down
        Get-KernelText $testHost | Should -BeExactly $before
        & ip netns exec $testHost.Namespace sh $path up
    }
}
