# The install lines of README.md, with a data folder of this file's own in place of the user's.

Describe 'The package' {
    BeforeAll {
        Import-Module (Join-Path $PSScriptRoot TailSplit.Pester.psm1) -Force
        $root = Split-Path (Get-ModuleManifestPath)
        $version = (Import-PowerShellDataFile (Get-ModuleManifestPath)).ModuleVersion
        $data = Join-Path $TestDrive data
        $pwsh = (Get-Process -Id $PID).Path
        $readme = [regex]::Match((Get-Content -Raw (Join-Path $root README.md)), '(?ms)^```powershell\n(.*?)^```').Groups[1].Value

        # A pwsh whose user has an empty folder of modules.
        function Invoke-AsNewUser([string] $Script) {
            $before = $env:XDG_DATA_HOME, $env:PSModulePath
            try {
                $env:XDG_DATA_HOME = $data
                $env:PSModulePath = $null
                & $pwsh -NoProfile -NonInteractive -WorkingDirectory $root -Command "`$ErrorActionPreference = 'Stop'; $Script"
            } finally {
                $env:XDG_DATA_HOME, $env:PSModulePath = $before
            }
        }

        $installed = Invoke-AsNewUser $readme
        $status = $LASTEXITCODE
    }

    It 'is installed, imported by name and found by the lines of the README' {
        $status | Should -Be 0
        $cmdlets = (Import-PowerShellDataFile (Get-ModuleManifestPath)).CmdletsToExport
        foreach ($cmdlet in $cmdlets) { "$installed" | Should -Match $cmdlet }
    }

    It 'is imported by name in any later session, from where it was installed' {
        $base = Invoke-AsNewUser 'Import-Module TailSplit; (Get-Module TailSplit).ModuleBase'
        $base | Should -Be (Join-Path $data powershell Modules TailSplit $version)
    }

    It 'is found without an import' {
        Invoke-AsNewUser '(Get-Command Show-TailSplitMap).Source' | Should -Be TailSplit
    }

    It 'works from there' {
        $rules = Invoke-AsNewUser '(New-TailSplitKillswitch -Subnet 172.31.0.0/16 -Bridge br-x -Name x -WhatIf).CommandLine'
        $rules -match '^ip -4 rule add .*iif br-x prohibit' | Should -HaveCount 1
    }

    It 'is a module folder and a package of the same version' {
        Join-Path $root out TailSplit $version TailSplit.psd1 | Should -Exist
        Test-ModuleManifest (Join-Path $root out TailSplit $version TailSplit.psd1) | Should -Not -BeNullOrEmpty
        Join-Path $root out "TailSplit.$version.nupkg" | Should -Exist
    }
}
