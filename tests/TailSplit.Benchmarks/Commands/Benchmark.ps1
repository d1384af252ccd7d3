# What the command benchmarks share. Dot-sourced by them, inside a network namespace that ../run made.
$ErrorActionPreference = 'Stop'
Import-Module (Join-Path $PSScriptRoot ../../../TailSplit.psd1) -Force
# Set by ../run: Iptables or Nftables.
$backend = $env:TAILSPLIT_BENCHMARK_BACKEND
$PSDefaultParameterValues['New-TailSplit*:FirewallBackend'] = $backend

<#
.SYNOPSIS
Runs a program with a file as its standard input, output thrown away, and waits: as little of PowerShell around it as can be.
#>
function Invoke-Program([string] $Path, [string[]] $Arguments, [string] $InputFile = '/dev/null', [string] $OutputFile = '/dev/null') {
    $start = [Diagnostics.ProcessStartInfo]::new('/bin/sh')
    foreach ($word in '-c', 'in=$1; out=$2; shift 2; exec "$@" <"$in" >"$out"', 'sh', $InputFile, $OutputFile, $Path) { $start.ArgumentList.Add($word) }
    foreach ($word in $Arguments) { $start.ArgumentList.Add($word) }
    $process = [Diagnostics.Process]::Start($start)
    $process.WaitForExit()
    if ($process.ExitCode -ne 0) { throw "$Path $Arguments ended with $($process.ExitCode)" }
}

<#
.SYNOPSIS
The milliseconds that a piece of work takes.
#>
function Measure-Work([scriptblock] $Work) {
    $watch = [Diagnostics.Stopwatch]::StartNew()
    $null = & $Work
    $watch.Elapsed.TotalMilliseconds
}

function Get-Median([double[]] $Value) {
    $sorted = @($Value | Sort-Object)
    $sorted[[int][Math]::Floor($sorted.Count / 2)]
}

<#
.SYNOPSIS
One line: the median of both sides, and the median of the ratios of each round.
#>
function Write-Ratio([string] $Name, [double[]] $Ours, [double[]] $Theirs, [string] $OursIs, [string] $TheirsIs, [double] $Target) {
    $ratios = for ($i = 0; $i -lt $Ours.Count; $i++) { $Ours[$i] / $Theirs[$i] }
    $ratio = Get-Median $ratios
    '{0}: {1:0.00} (target {2:0.00}, {3}); {4} {5:0.0} ms, {6} {7:0.0} ms; {8} rounds' -f $Name, $ratio, $Target,
    $(if ($ratio -le $Target) { 'met' } else { 'MISSED' }), $OursIs, (Get-Median $Ours), $TheirsIs, (Get-Median $Theirs), $Ours.Count
}

<#
.SYNOPSIS
Takes every rule of ours away without TailSplit, so that it does not count.
#>
function Clear-Rules {
    Remove-TailSplitPolicy * -Confirm:$false -ErrorAction Ignore | Out-Null
}

<#
.SYNOPSIS
A network as Get-DockerNetwork emits it.
#>
function New-Network([int] $Index) {
    [TailSplit.Core.Model.DockerNetwork]@{
        Name   = 'p{0:000}' -f $Index
        Id     = '{0:x64}' -f $Index
        Driver = 'bridge'
        Bridge = 'br-{0:x12}' -f ($Index * 2654435761)
        Subnet = [Collections.Immutable.ImmutableArray]::Create([string[]]("10.200.$Index.0/24", ('fd00:200:{0:x}::/64' -f $Index)))
    }
}
