<#
.SYNOPSIS
200 networks in one pipeline, against a bare iptables-restore of the same text plus the reading; with nftables, against nft -f.
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
    foreach ($family in 4, 6) { Set-Content "$folder/ip$family" ($lines | Where-Object { $_.StartsWith("ip -$family ") } | ForEach-Object { $_.Substring(6) }) }
    if ($backend -eq 'Nftables') {
        $inside = $false
        Set-Content "$folder/nft" @((Export-TailSplitPolicy -As Restore) -split "`n" | ForEach-Object {
                if ($_ -eq '# nft -f -') { $inside = $true } elseif ($_ -eq '# end') { $inside = $false } elseif ($inside) { $_ }
            })
        $restore = { Invoke-Program nft @('-f', '-') "$folder/nft" }
        $save = { Invoke-Program nft @('-j', 'list', 'table', 'inet', 'tailsplit') }
        $all = $lines.Count
    }
    else {
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
        $restore = { foreach ($tool in 'iptables', 'ip6tables') { Invoke-Program "$tool-restore" @('--noflush') "$folder/$tool" } }
        $save = { foreach ($tool in 'iptables', 'ip6tables') { Invoke-Program "$tool-save" @('-c') } }
        $all = @(Get-Content "$folder/iptables" | Where-Object { $_ -match '^:' }).Count * 2 + $lines.Count
    }
    "$($lines.Count) rules in $all commands"

    $route = { foreach ($family in 4, 6) { Invoke-Program ip @("-$family", '-batch', '-') "$folder/ip$family" } }
    $read = {
        & $save
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
    Write-Ratio "$Count networks against the bare transaction and one reading" $ours $bare 'one pipeline' 'the bare transaction and one reading' 1.5
    Write-Ratio "$Count networks the same with ip -batch" $ours $withRouting 'one pipeline' 'the same with ip -batch' 1.5
}
finally {
    Clear-Rules
    Remove-Item $folder -Recurse
}
