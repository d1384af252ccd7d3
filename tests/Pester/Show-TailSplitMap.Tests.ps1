BeforeDiscovery {
    Import-Module (Join-Path $PSScriptRoot TailSplit.Pester.psm1)
    $skip = -not (Test-TestHost)
}

Describe 'Show-TailSplitMap' -Skip:$skip {
    BeforeAll {
        Import-Module (Join-Path $PSScriptRoot TailSplit.Pester.psm1)
        $testHost = New-TestHost
        (Invoke-InTestHost $testHost { New-TailSplitBypass media; New-TailSplitKillswitch torrents }).Error | Should -BeNullOrEmpty
        $before = Get-KernelText $testHost
    }

    AfterAll {
        Remove-TestHost $testHost
    }

    It 'shows who goes where, in at most 100 columns' {
        $text = (Invoke-InTestHost $testHost { Show-TailSplitMap | Out-String -Width 120 }).Output -split "`n"
        $text | ForEach-Object { $_.Length | Should -BeLessOrEqual 100 }
        $isp = [array]::FindIndex($text, [Predicate[string]] { $args[0] -match 'ISP' })
        $tunnel = [array]::FindIndex($text, [Predicate[string]] { $args[0] -match 'Exit node \(tailscale0\)' })
        $media = [array]::FindIndex($text, [Predicate[string]] { $args[0] -match 'media +bypass +active' })
        $torrents = [array]::FindIndex($text, [Predicate[string]] { $args[0] -match 'torrents +killswitch +active' })
        $isp | Should -BeLessThan $media
        $media | Should -BeLessThan $tunnel
        $tunnel | Should -BeLessThan $torrents
        $text -match 'prowlarr is on games as well' | Should -HaveCount 1
    }

    It 'is coloured by $PSStyle where a terminal shows it, and plain elsewhere' {
        $result = Invoke-InTestHost $testHost {
            $PSStyle.OutputRendering = 'Ansi'
            Show-TailSplitMap | Out-String -Width 120
            $PSStyle.OutputRendering = 'PlainText'
            Show-TailSplitMap | Out-String -Width 120
            "$(Show-TailSplitMap)"
        }
        $result.Error | Should -BeNullOrEmpty
        $result.Output[0] | Should -Match "`e\[33m──▶ ISP"
        $result.Output[1] | Should -Not -Match "`e"
        $result.Output[2] | Should -Not -Match "`e"
    }

    It 'writes <File> as its name says' -ForEach @(
        @{ File = 'map.svg'; Begin = '<svg ' }
        @{ File = 'map.md'; Begin = '```mermaid' }
        @{ File = 'map.txt'; Begin = 'Docker host' }
    ) {
        $path = Join-Path $TestDrive $File
        $result = Invoke-InTestHost $testHost { Show-TailSplitMap $args[0] -WhatIf; Test-Path $args[0]; Show-TailSplitMap $args[0] } $path
        $result.Error | Should -BeNullOrEmpty
        $result.Output | Should -Be $false
        (Get-Content -Raw $path).StartsWith($Begin) | Should -BeTrue
    }

    It 'is XML as SVG, also by > into a file' {
        $path = Join-Path $TestDrive redirected.svg
        (Invoke-InTestHost $testHost { Show-TailSplitMap -As Svg > $args[0] } $path).Error | Should -BeNullOrEmpty
        ([xml] (Get-Content -Raw $path)).svg.title.'#text' | Should -Match 'How each network leaves'
    }

    It 'reports a file that is there, with -NoClobber' {
        $path = Join-Path $TestDrive there.svg
        Set-Content $path mine
        $found = Get-OnlyError (Invoke-InTestHost $testHost { Show-TailSplitMap $args[0] -NoClobber } $path)
        $found.FullyQualifiedErrorId | Should -Be 'MapNotWritten,TailSplit.Commands.ShowTailSplitMapCommand'
        Get-Content $path | Should -Be mine
    }

    It 'shows the policies without docker, with a warning' {
        $broken = Join-Path $testHost.Stubs broken
        Set-Content $broken 'Cannot connect to the Docker daemon'
        try {
            $result = Invoke-InTestHost $testHost { Show-TailSplitMap }
            $result.Error | Should -BeNullOrEmpty
            $result.Warning | Should -HaveCount 1
            $result.Output[0].Content | Should -Match 'torrents +killswitch'
        } finally {
            Remove-Item $broken
        }
    }

    It 'changes nothing' {
        Get-KernelText $testHost | Should -BeExactly $before
    }
}
