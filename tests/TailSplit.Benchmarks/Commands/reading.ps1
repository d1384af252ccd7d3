<#
.SYNOPSIS
Reading a host with 20,000 rules of other people, against iptables-save itself.
#>
param([int] $Rounds = 15, [int] $Count = 20000)
. (Join-Path $PSScriptRoot Benchmark.ps1)

$file = [IO.Path]::GetTempFileName()
try {
    Set-Content $file @(
        '*filter'
        for ($i = 0; $i -lt $Count / 20; $i++) { ':FOREIGN-{0} - [0:0]' -f $i }
        for ($i = 0; $i -lt $Count; $i++) {
            $chain, $a, $b = [Math]::Floor($i / 20), ([Math]::Floor($i / 256) % 256), ($i % 256)
            if ($i % 2) { "-A FOREIGN-$chain -d 10.96.$a.$b/32 -p tcp -m comment --comment `"default/service-${i}:http`" -m tcp --dport 8080 -j DROP" }
            else { "-A FOREIGN-$chain -s 10.$a.$b.0/24 -j ACCEPT" }
        }
        'COMMIT'
    )
    if ($backend -eq 'Nftables') {
        # The same host without the foreign rules comes first.
        New-Network 1 | New-TailSplitBypass -Confirm:$false | Out-Null
        New-Network 2 | New-TailSplitKillswitch -Confirm:$false | Out-Null
        $without = for ($i = -3; $i -lt $Rounds; $i++) { $a = Measure-Work { Get-TailSplitPolicy }; if ($i -ge 0) { $a } }
        Invoke-Program iptables-restore @('--noflush') $file
        $with = for ($i = -3; $i -lt $Rounds; $i++) { $a = Measure-Work { Get-TailSplitPolicy }; if ($i -ge 0) { $a } }
        Write-Ratio "reading beside $Count foreign rules" $with $without 'with them' 'without them' 1.05
        return
    }

    Invoke-Program iptables-restore @('--noflush') $file
    New-Network 1 | New-TailSplitBypass -Confirm:$false | Out-Null
    New-Network 2 | New-TailSplitKillswitch -Confirm:$false | Out-Null
    $ours, $theirs, $both = @(), @(), @()
    for ($i = -3; $i -lt $Rounds; $i++) {
        $a = Measure-Work { Get-TailSplitPolicy }
        $b = Measure-Work { Invoke-Program iptables-save @('-c') }
        $c = Measure-Work { Invoke-Program iptables-save @('-c') -OutputFile $file }
        if ($i -ge 0) { $ours += $a; $theirs += $b; $both += $c }
    }
    Write-Ratio "reading $Count foreign rules" $ours $theirs 'Get-TailSplitPolicy' 'iptables-save -c >/dev/null' 1.2
    Write-Ratio "reading $Count foreign rules, into a file" $ours $both 'Get-TailSplitPolicy' 'iptables-save -c >file' 1.2
}
finally {
    Clear-Rules
    Remove-Item $file
}
