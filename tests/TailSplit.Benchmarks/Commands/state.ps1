<#
.SYNOPSIS
Get-TailSplitPolicy and Test-TailSplitPolicy with 5 policies, against the programs that they run.
#>
param([int] $Rounds = 15)
. (Join-Path $PSScriptRoot Benchmark.ps1)

try {
    foreach ($i in 1..5) {
        if ($i % 2) { New-Network $i | New-TailSplitBypass -Confirm:$false | Out-Null } else { New-Network $i | New-TailSplitKillswitch -Confirm:$false | Out-Null }
    }
    foreach ($work in { Get-TailSplitPolicy }, { Test-TailSplitPolicy -WarningAction Ignore -ErrorAction Ignore }) {
        # -Verbose prints each program that ran.
        $programs = @(& ([scriptblock]::Create("$work -Verbose 4>&1")) | Where-Object { $_ -is [Management.Automation.VerboseRecord] } |
            ForEach-Object { if ("$_" -match '^(.+): [^:]+ after [0-9.]+ ms$') { $Matches[1] } })
        $bare = { foreach ($program in $programs) { $name, $rest = $program -split ' '; try { Invoke-Program $name $rest } catch { $null = $_ } } }
        $ours, $theirs = @(), @()
        for ($i = -3; $i -lt $Rounds; $i++) {
            $a = Measure-Work $work
            $b = Measure-Work $bare
            if ($i -ge 0) { $ours += $a; $theirs += $b }
        }
        Write-Ratio "$work".Trim() $ours $theirs 'the cmdlet' "its $($programs.Count) programs one after the other" 1.5
    }
}
finally {
    Clear-Rules
}
