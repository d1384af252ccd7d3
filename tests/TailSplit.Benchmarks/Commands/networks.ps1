<#
.SYNOPSIS
200 networks in one pipeline, against a bare iptables-restore of the same text plus the reading, and against one command a rule.
#>
param([int] $Rounds = 7, [int] $Count = 200)
. (Join-Path $PSScriptRoot Benchmark.ps1)

$networks = 1..$Count | ForEach-Object { New-Network $_ }
$apply = { $networks | New-TailSplitKillswitch -Confirm:$false }
$folder = Join-Path ([IO.Path]::GetTempPath()) "tailsplit-benchmark-$PID"
$null = New-Item $folder -ItemType Directory
try {
    # The text of ours as iptables-save prints it, by family; ip rules as ip -batch takes them.
    $lines = @(& $apply | ForEach-Object CommandLine)
    foreach ($tool in 'iptables', 'ip6tables') {
        $text = foreach ($table in 'mangle', 'nat', 'filter') {
            "*$table"
            $of = @($lines | Where-Object { $_.StartsWith("$tool -t $table ") } | ForEach-Object { $_.Substring("$tool -t $table ".Length) })
            $of | ForEach-Object { ($_ -split ' ')[1] } | Select-Object -Unique | Where-Object { $_ -match '^(TAILSPLIT-|TSK-)' } | ForEach-Object { ":$_ - [0:0]" }
            $of
            'COMMIT'
        }
        Set-Content "$folder/$tool" $text
    }
    foreach ($family in 4, 6) { Set-Content "$folder/ip$family" ($lines | Where-Object { $_.StartsWith("ip -$family ") } | ForEach-Object { $_.Substring(6) }) }
    $all = @(Get-Content "$folder/iptables" | Where-Object { $_ -match '^:' }).Count * 2 + $lines.Count
    "$($lines.Count) rules in $all commands"

    $restore = {
        foreach ($tool in 'iptables', 'ip6tables') { Invoke-Program "$tool-restore" @('--noflush') "$folder/$tool" }
    }
    $route = { foreach ($family in 4, 6) { Invoke-Program ip @("-$family", '-batch', '-') "$folder/ip$family" } }
    $read = {
        foreach ($tool in 'iptables', 'ip6tables') { Invoke-Program "$tool-save" @('-c') }
        foreach ($family in 4, 6) { Invoke-Program ip @("-$family", '-N', '-j', 'rule', 'show') }
    }
    $ours, $bare, $withRouting = @(), @(), @()
    for ($i = -1; $i -lt $Rounds; $i++) {
        Clear-Rules
        $a = Measure-Work $apply
        Clear-Rules
        $b = Measure-Work $restore
        $c = Measure-Work $route
        $d = Measure-Work $read
        if ($i -ge 0) { $ours += $a; $bare += $b + $d; $withRouting += $b + $c + $d }
    }
    Write-Ratio "$Count networks against restore + save" $ours $bare 'one pipeline' 'iptables-restore of both families and one reading' 1.5
    Write-Ratio "$Count networks against restore + ip -batch + save" $ours $withRouting 'one pipeline' 'the same with ip -batch' 1.5

    # One command a rule: minutes for all, so a tenth of the networks, ten times.
    Clear-Rules
    $script = "$folder/script"
    $chains = foreach ($tool in 'iptables', 'ip6tables') {
        foreach ($table in 'mangle', 'nat', 'filter') {
            $lines | Where-Object { $_.StartsWith("$tool -t $table ") } | ForEach-Object { ($_ -split ' ')[4] } | Select-Object -Unique |
                Where-Object { $_ -match '^(TAILSPLIT-|TSK-)' } | ForEach-Object { "$tool -t $table -N $_" }
        }
    }
    Set-Content $script (@('set -e') + $chains + @($lines | Sort-Object { $_ -match '-[AI] (?!TAILSPLIT|TSK|TSB)' } -Stable))
    $single = Measure-Work { Invoke-Program /bin/sh $script }
    '{0} networks: one command a rule takes {1:0.0} x as long (target 50 x, {2}); {3:0.0} s' -f $Count, ($single / (Get-Median $ours)),
    $(if ($single / (Get-Median $ours) -ge 50) { 'met' } else { 'MISSED' }), ($single / 1000)
}
finally {
    Clear-Rules
    Remove-Item $folder -Recurse
}
