<#
.SYNOPSIS
A bypass and a killswitch from a running PowerShell, against the same rules by one command each.
#>
param([int] $Rounds = 15)
. (Join-Path $PSScriptRoot Benchmark.ps1)

$open, $closed = (New-Network 1), (New-Network 2)
$apply = { $open | New-TailSplitBypass -Confirm:$false; $closed | New-TailSplitKillswitch -Confirm:$false }

# The same rules as commands: what -WhatIf says, behind the chains that they stand in. With nftables, chains are among them.
$lines = @($open | New-TailSplitBypass -WhatIf) + @($closed | New-TailSplitKillswitch -WhatIf) | ForEach-Object CommandLine | Select-Object -Unique
$chains = @($lines | Where-Object { $_ -match '^(ip6?tables) -t (\S+) -[AI] (\S+)' } |
    ForEach-Object { $null = $_ -match '^(ip6?tables) -t (\S+) -[AI] (\S+)'; "$($Matches[1]) -t $($Matches[2]) -N $($Matches[3])" } |
    Select-Object -Unique | Where-Object { $_ -match 'TAILSPLIT-|TSK-|TSB-' })
# A jump needs its chain, so chains come first; jumps from foreign chains last, as they open the way in.
$order = { if ($_ -match '-[AI] (?!TAILSPLIT|TSK|TSB)') { 4 } elseif ($_ -match '^nft add (table|chain|map)') { 0 } elseif ($_ -match '^nft add element') { 2 } else { 1 } }
$script = [IO.Path]::GetTempFileName()
Set-Content $script (@('set -e') + $chains + @($lines | Sort-Object $order -Stable))
try {
    $ours, $theirs = @(), @()
    for ($i = -2; $i -lt $Rounds; $i++) {
        Clear-Rules
        $a = Measure-Work $apply
        Clear-Rules
        $b = Measure-Work { Invoke-Program /bin/sh $script }
        if ($i -ge 0) { $ours += $a; $theirs += $b }
    }
    "$($chains.Count + $lines.Count) commands"
    Write-Ratio 'bypass + killswitch' $ours $theirs 'two cmdlets' 'one command a rule' $(if ($backend -eq 'Nftables') { 0.5 } else { 0.7 })
}
finally {
    Clear-Rules
    Remove-Item $script
}
