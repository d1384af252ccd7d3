BeforeDiscovery {
    Import-Module (Join-Path $PSScriptRoot TailSplit.Pester.psm1)
    $skip = -not (Test-TestHost)
}

Describe 'Import-TailSplitPolicy' -Skip:$skip {
    BeforeAll {
        Import-Module (Join-Path $PSScriptRoot TailSplit.Pester.psm1)
        $testHost = New-TestHost
        $before = Get-KernelText $testHost
        $path = Join-Path $TestDrive policy.json
        $made = Invoke-InTestHost $testHost {
            param($path)
            $null = 'media', 'torrents' | New-TailSplitKillswitch -AllowDestination 192.168.7.0/24 -BlockHost
            Export-TailSplitPolicy -Path $path
        } $path
        $made.Error | Should -BeNullOrEmpty
        $policies = Get-KernelText $testHost
        $null = Invoke-InTestHost $testHost { Remove-TailSplitPolicy * }
    }

    AfterAll {
        Remove-TestHost $testHost
    }

    AfterEach {
        $null = Invoke-InTestHost $testHost { Remove-TailSplitPolicy * }
    }

    It 'gives the rules that were exported, byte for byte' {
        Get-KernelText $testHost | Should -BeExactly $before
        $result = Invoke-InTestHost $testHost { param($path) Import-TailSplitPolicy $path } $path
        $result.Error | Should -BeNullOrEmpty
        $result.Output | ForEach-Object { "$($_.State)" } | Sort-Object -Unique | Should -Be 'Applied'
        Get-KernelText $testHost | Should -BeExactly $policies
    }

    It 'takes files from the pipeline' {
        $result = Invoke-InTestHost $testHost { param($path) Get-Item $path | Import-TailSplitPolicy } $path
        $result.Error | Should -BeNullOrEmpty
        Get-KernelText $testHost | Should -BeExactly $policies
    }

    It 'writes nothing with -WhatIf' {
        $result = Invoke-InTestHost $testHost { param($path) Import-TailSplitPolicy $path -WhatIf } $path
        $result.Output | ForEach-Object { "$($_.State)" } | Sort-Object -Unique | Should -Be 'Planned'
        Get-KernelText $testHost | Should -BeExactly $before
    }

    It 'refuses <What>, and changes nothing' -ForEach @(
        @{ What = 'a file that breaks off'; Text = '{ "version": 1, "policies": ['; Id = 'MalformedPolicyFile' }
        @{ What = 'another version'; Text = '{ "version": 2, "policies": [] }'; Id = 'UnknownPolicyFileVersion' }
        @{ What = 'an unknown field'; Text = '{ "version": 1, "policies": [], "later": 1 }'; Id = 'UnknownPolicyField' }
    ) {
        $bad = Join-Path $TestDrive bad.json
        Set-Content $bad $Text
        & chmod 600 $bad
        $result = Invoke-InTestHost $testHost { param($path) Import-TailSplitPolicy $path } $bad
        (Get-OnlyError $result).FullyQualifiedErrorId | Should -BeLike "$Id,*"
        Get-KernelText $testHost | Should -BeExactly $before
    }

    It 'refuses a file that everybody can write, and one of somebody else' {
        $copy = Join-Path $TestDrive copy.json
        Copy-Item $path $copy
        & chmod 666 $copy
        $result = Invoke-InTestHost $testHost { param($path) Import-TailSplitPolicy $path } $copy
        (Get-OnlyError $result).FullyQualifiedErrorId | Should -BeLike 'UntrustedPolicyFile,*'
        & chmod 600 $copy
        & chown 65534 $copy
        $result = Invoke-InTestHost $testHost { param($path) Import-TailSplitPolicy $path } $copy
        (Get-OnlyError $result).FullyQualifiedErrorId | Should -BeLike 'UntrustedPolicyFile,*'
        Get-KernelText $testHost | Should -BeExactly $before
    }
}
