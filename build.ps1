#!/usr/bin/env pwsh
#Requires -Version 7.6
<#
.SYNOPSIS
Builds TailSplit, tests it, installs it for this user, or cleans up.
.EXAMPLE
./build.ps1
Builds; afterwards Import-Module ./TailSplit.psd1 works in place.
.EXAMPLE
./build.ps1 Install
Builds for release and copies the module to the first user folder of PSModulePath, so that Import-Module TailSplit works by name.
#>
[CmdletBinding()]
param(
    [Parameter(Position = 0)]
    [ValidateSet('Build', 'Test', 'Install', 'Clean')]
    [string] $Task = 'Build',

    [ValidateSet('Debug', 'Release')]
    [string] $Configuration = 'Debug'
)

$ErrorActionPreference = 'Stop'
$PSNativeCommandUseErrorActionPreference = $true
$module = Join-Path $PSScriptRoot TailSplit.psd1

function Build([string] $Configuration) {
    dotnet build (Join-Path $PSScriptRoot TailSplit.sln) --configuration $Configuration --nologo
}

switch ($Task) {
    Build { Build $Configuration }
    Test { & (Join-Path $PSScriptRoot tests/run) }
    Install {
        Build Release
        $version = (Import-PowerShellDataFile $module).ModuleVersion
        $folder = Join-Path ($env:PSModulePath -split [IO.Path]::PathSeparator)[0] TailSplit $version
        Remove-Item $folder -Recurse -Force -ErrorAction Ignore
        New-Item $folder -ItemType Directory -Force | Out-Null
        Copy-Item $module, (Join-Path $PSScriptRoot LICENSE), (Join-Path $PSScriptRoot bin), (Join-Path $PSScriptRoot en-US) $folder -Recurse
        Write-Output "Installed to $folder"
    }
    Clean {
        dotnet clean (Join-Path $PSScriptRoot TailSplit.sln) --nologo --verbosity quiet
        Remove-Item (Join-Path $PSScriptRoot bin), (Join-Path $PSScriptRoot en-US) -Recurse -Force -ErrorAction Ignore
    }
}
