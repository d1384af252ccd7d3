#!/usr/bin/env pwsh
#Requires -Version 7.6
<#
.SYNOPSIS
Builds TailSplit, shows it, tests it, packs it, installs it, or cleans up.
.PARAMETER Task
Demo: builds only the module, and shows the rules of a bypass without writing them. It needs neither root nor Docker.
Build: builds everything. Import-Module ./TailSplit.psd1 then works in place.
Test: runs all tests (tests/run). It needs root.
Pack: creates a release in out/TailSplit/<version> and out/TailSplit.<version>.nupkg, and imports the package from a
clean module path.
Install: packs, copies the module to a folder where Import-Module TailSplit finds it, and compiles it ahead of time for
this machine.
Clean: deletes the output of the other tasks.
.PARAMETER Configuration
The configuration for Build. Pack and Install always use Release.
.PARAMETER Scope
For Install: the current user, or all users of the machine, including root.
.EXAMPLE
dotnet tool restore && dotnet pwsh ./build.ps1 Demo
.EXAMPLE
./build.ps1
.EXAMPLE
sudo pwsh ./build.ps1 Install -Scope AllUsers
#>
[CmdletBinding()]
param(
    [Parameter(Position = 0)]
    [ValidateSet('Build', 'Demo', 'Test', 'Pack', 'Install', 'Clean')]
    [string] $Task = 'Build',

    [ValidateSet('Debug', 'Release')]
    [string] $Configuration = 'Debug',

    [ValidateSet('CurrentUser', 'AllUsers')]
    [string] $Scope = 'CurrentUser'
)

$ErrorActionPreference = 'Stop'
$PSNativeCommandUseErrorActionPreference = $true
$solution = Join-Path $PSScriptRoot TailSplit.sln
$module = Join-Path $PSScriptRoot src/TailSplit
$version = (Import-PowerShellDataFile (Join-Path $PSScriptRoot TailSplit.psd1)).ModuleVersion
$out = Join-Path $PSScriptRoot out
$packedModule = Join-Path $out TailSplit $version
$package = Join-Path $out "TailSplit.$version.nupkg"

# The command line that starts another PowerShell like this one. For a .NET tool, dotnet runs pwsh.dll.
function Get-PowerShellCommand {
    $program = [Environment]::ProcessPath
    (Split-Path $program -Leaf) -eq 'dotnet' ? @($program, (Join-Path $PSHOME pwsh.dll)) : @($program)
}

# Runs dotnet. The compiler prints no progress, so the elapsed time is shown every few seconds.
function Invoke-DotNet([string] $Task, [string[]] $Arguments) {
    $start = [Diagnostics.Stopwatch]::StartNew()
    Write-Host "$Task ..."
    $process = [Diagnostics.Process]::Start([Diagnostics.ProcessStartInfo]::new('dotnet', $Arguments))
    try {
        while (-not $process.WaitForExit(3000)) {
            Write-Host ('{0} ... {1:0} s' -f $Task, $start.Elapsed.TotalSeconds)
        }
        if ($process.ExitCode -ne 0) {
            throw "'dotnet $Arguments' ended with $($process.ExitCode)."
        }
    } finally {
        $process.Dispose()
    }
}

function New-Package {
    # TailSplit.Help references all projects of the package, so this restores them all.
    Invoke-DotNet 'Restoring packages' 'restore', (Join-Path $PSScriptRoot src/TailSplit.Help), '--verbosity', 'quiet'
    Invoke-DotNet 'Packing' 'build', $module, '--no-restore', '-t:PackModule', '--nologo', '--verbosity', 'quiet'
}

# Reads and writes no rules: -WhatIf writes none, and -Subnet and -Bridge need no Docker.
function Show-Demo {
    $command = 'New-TailSplitBypass -Subnet 172.19.0.0/16 -Bridge br-media -Name media -WhatIf'
    Invoke-DotNet 'Building the module' 'build', $module, '--nologo', '--verbosity', 'quiet'
    Import-Module (Join-Path $PSScriptRoot TailSplit.psd1) -Force
    Write-Host "`nPS> $command"
    & ([scriptblock]::Create($command)) | Out-Host
}

# Imports the package by name from a module path that has no other module, as a user does.
function Test-Package {
    $path = Join-Path ([IO.Path]::GetTempPath()) "tailsplit-package-$PID"
    $folder = Join-Path $path TailSplit $version
    try {
        [IO.Compression.ZipFile]::ExtractToDirectory($package, $folder)
        Test-ModuleManifest (Join-Path $folder TailSplit.psd1) | Out-Null
        $script = '$env:PSModulePath = $args[0]; Import-Module TailSplit -ErrorAction Stop; (Get-Module TailSplit).ModuleBase'
        $program, [string[]] $arguments = Get-PowerShellCommand
        $from = & $program @arguments -NoProfile -NonInteractive -Command "& { $script } '$path'"
        if ($from -ne $folder) {
            throw "The package was not imported from $folder, but from $from."
        }
    } finally {
        Remove-Item $path -Recurse -Force -ErrorAction Ignore
    }
}

# Compiles the installed assemblies ahead of time for this machine, so that the first command starts faster. The package
# has only portable code, and works without it.
function Optimize-Module([string] $Folder) {
    $ready = Join-Path $out ready
    try {
        Invoke-DotNet 'Compiling ahead of time' @(
            'publish', $module, '--configuration', 'Release',
            '--runtime', [Runtime.InteropServices.RuntimeInformation]::RuntimeIdentifier, '--no-self-contained',
            '-p:PublishReadyToRun=true', "-p:ModuleFolder=$ready/module/", '--output', $ready,
            '--nologo', '--verbosity', 'quiet')
    } catch {
        Write-Warning "The module is installed, and starts more slowly than it could: $_"
        return
    }
    Get-ChildItem (Join-Path $Folder bin) -Filter *.dll -Recurse | ForEach-Object { Copy-Item (Join-Path $ready $_.Name) $_.FullName }
}

switch ($Task) {
    Build { dotnet build $solution --configuration $Configuration --nologo }
    Demo { Show-Demo }
    Test { & (Join-Path $PSScriptRoot tests/run) }
    Pack {
        New-Package
        Test-Package
        Get-Item $packedModule, $package
    }
    Install {
        New-Package
        Test-Package
        # Both folders are on the default PSModulePath. pwsh puts that of the user first.
        $modules = $Scope -eq 'AllUsers' `
            ? '/usr/local/share/powershell/Modules' `
            : ($env:PSModulePath -split [IO.Path]::PathSeparator)[0]
        $folder = Join-Path $modules TailSplit $version
        Remove-Item $folder -Recurse -Force -ErrorAction Ignore
        New-Item (Split-Path $folder) -ItemType Directory -Force | Out-Null
        Copy-Item $packedModule $folder -Recurse
        Optimize-Module $folder
        Get-Item $folder
    }
    Clean {
        dotnet clean $solution --nologo --verbosity quiet
        'bin', 'en-US', 'out' | ForEach-Object { Remove-Item (Join-Path $PSScriptRoot $_) -Recurse -Force -ErrorAction Ignore }
    }
}
