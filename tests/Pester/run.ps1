<#
.SYNOPSIS
Runs the Pester tests: all of them, or those of the files whose names match.
.EXAMPLE
sudo dotnet pwsh tests/Pester/run.ps1
.EXAMPLE
sudo dotnet pwsh tests/Pester/run.ps1 'New-*' Remoting
#>
param([Parameter(ValueFromRemainingArguments)][string[]] $File = '*')

$ErrorActionPreference = 'Stop'
# Where the build has put Pester.
$env:PSModulePath = (Join-Path $PSScriptRoot obj/Modules) + [IO.Path]::PathSeparator + $env:PSModulePath
Import-Module Pester -MinimumVersion 6.2
Import-Module (Join-Path $PSScriptRoot TailSplit.Pester.psm1)
$configuration = New-PesterConfiguration
$configuration.Run.Path = @($File | ForEach-Object { (Get-Item (Join-Path $PSScriptRoot "$_.Tests.ps1")).FullName } | Sort-Object -Unique)
$configuration.Run.PassThru = $true
try {
    $result = Invoke-Pester -Configuration $configuration
} finally {
    Close-FreeTestHost
}

$result.Containers | Sort-Object Duration -Descending | Select-Object -First 5 | ForEach-Object {
    '   {0:0.0} s in {1}' -f $_.Duration.TotalSeconds, (Split-Path $_.Item -Leaf)
}
# As xunit words it; tests/run adds them up.
'   Pester  Total: {0}, Errors: {1}, Failed: {2}, Skipped: {3}, Not Run: {4}, Time: {5:0.000}s' -f
    $result.TotalCount, $result.FailedContainersCount, $result.FailedCount, $result.SkippedCount, $result.NotRunCount, $result.Duration.TotalSeconds
exit [int] ($result.Result -ne 'Passed')
