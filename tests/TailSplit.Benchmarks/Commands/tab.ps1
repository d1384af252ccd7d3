<#
.SYNOPSIS
Tab on the name of a network, against one docker network ls. The networks are those of the dockerd that ../run started.
#>
param([int] $Rounds = 15, [int] $Count = 20)
. (Join-Path $PSScriptRoot Benchmark.ps1)

foreach ($i in 1..$Count) { Invoke-Program docker @('network', 'create', '--subnet', "10.200.$i.0/24", "net$i") }
$line = 'New-TailSplitBypass net'
$tab = { (TabExpansion2 $line $line.Length).CompletionMatches }
$list = { Invoke-Program docker @('network', 'ls') }

# Tab answers from memory for two seconds.
$wait = { Start-Sleep -Milliseconds 2100 }
& $list
$first = Measure-Work $tab
$found = @(& $tab).Count
if ($found -ne $Count) { throw "Tab offers $found networks, not $Count." }
$ours, $theirs = @(), @()
for ($i = -2; $i -lt $Rounds; $i++) {
    & $wait
    $a = Measure-Work $tab
    $b = Measure-Work $list
    if ($i -ge 0) { $ours += $a; $theirs += $b }
}
'the first Tab of the process: {0:0} ms, {1:0.00} times docker network ls' -f $first, ($first / (Get-Median $theirs))
'the next, within two seconds: {0:0.0} ms' -f (Measure-Work $tab)
Write-Ratio "Tab on one of $Count networks" $ours $theirs 'Tab' 'docker network ls' 1.3
