BeforeDiscovery {
    Import-Module (Join-Path $PSScriptRoot TailSplit.Pester.psm1)
    $skip = -not (Test-TestHost)
}

Describe 'New-TailSplitKillswitch' -Skip:$skip {
    BeforeAll {
        Import-Module (Join-Path $PSScriptRoot TailSplit.Pester.psm1)
        $testHost = New-TestHost
        $before = Get-KernelText $testHost
    }

    AfterAll {
        Remove-TestHost $testHost
    }

    Context 'with -WhatIf' {
        AfterEach {
            Get-KernelText $testHost | Should -BeExactly $before
        }

        It 'plans both layers and both families by a subnet alone, without docker' {
            $result = Invoke-InTestHost $testHost {
                New-TailSplitKillswitch -Subnet 172.18.0.0/16, fd00:18::/64 -Name torrents -WhatIf -Verbose
            }
            $result.Error | Should -BeNullOrEmpty
            $result.Output | ForEach-Object { "$($_.State)" } | Sort-Object -Unique | Should -Be 'Planned'
            $result.Output | ForEach-Object { "$($_.Family) $($_.Layer)" } | Sort-Object -Unique |
                Should -Be 'IPv4 Firewall', 'IPv4 Routing', 'IPv6 Firewall', 'IPv6 Routing'
            $result.Verbose -match 'docker' | Should -BeNullOrEmpty
        }

        It 'closes both layers, in both families' {
            $lines = (Invoke-InTestHost $testHost { New-TailSplitKillswitch torrents -WhatIf }).Output.CommandLine
            $lines -match '^iptables .*-j DROP' | Should -Not -BeNullOrEmpty
            $lines -match '^ip6tables .*-j DROP' | Should -Not -BeNullOrEmpty
            $lines -match '^ip -4 rule .*iif br-torrents (prohibit|blackhole|unreachable)' | Should -Not -BeNullOrEmpty
            $lines -match '^ip -6 rule .*iif br-torrents (prohibit|blackhole|unreachable)' | Should -Not -BeNullOrEmpty
        }

        It 'has a rule for <Name>' -ForEach @(
            @{
                Name = '-AllowDestination'; Options = '-AllowDestination 10.0.0.5, fd00:5::/64'
                Pattern = '10\.0\.0\.5/32.*fd00:5::/64'
            }
            @{ Name = '-AllowPublishedPort'; Options = '-AllowPublishedPort'; Pattern = '--ctdir REPLY' }
            @{ Name = '-Action Reject'; Options = '-Action Reject'; Pattern = '-j REJECT' }
            @{ Name = '-BlockHost'; Options = '-BlockHost'; Pattern = '-I INPUT|-A INPUT' }
            @{ Name = '-TunnelInterface'; Options = '-TunnelInterface ts1'; Pattern = '-o ts1' }
        ) {
            $result = Invoke-InTestHost $testHost ([scriptblock]::Create("New-TailSplitKillswitch torrents $Options -WhatIf"))
            $result.Error | Should -BeNullOrEmpty
            "$($result.Output.CommandLine)" | Should -Match $Pattern
        }

        It 'takes the rows of a CSV file' {
            $csv = Join-Path $TestDrive networks.csv
            Set-Content $csv 'Name,Subnet,Bridge', 'closed,172.18.0.0/16,br-torrents', 'play,172.20.0.0/16,'
            $result = Invoke-InTestHost $testHost { param($csv) Import-Csv $csv | New-TailSplitKillswitch -WhatIf } $csv
            $result.Error | Should -BeNullOrEmpty
            $result.Output.Policy | Where-Object { $_ } | Sort-Object -Unique | Should -Be 'closed', 'play'
        }

        It 'warns of a container that is on an open network as well' {
            $result = Invoke-InTestHost $testHost { New-TailSplitKillswitch torrents -WhatIf }
            $result.Warning | Should -HaveCount 1
            $result.Warning[0] | Should -Match 'prowlarr.*games'
        }

        It 'fits 120 columns, grouped by policy' {
            $text = (Invoke-InTestHost $testHost {
                New-TailSplitKillswitch torrents, games -AllowDestination 10.0.0.5 -AllowPublishedPort -BlockHost -WhatIf |
                    Out-String -Width 120
            }).Output -split "`n"
            $text | ForEach-Object { $_.TrimEnd().Length | Should -BeLessOrEqual 120 }
            $text -match '^ *Policy: games \(Killswitch\), firewall$' | Should -HaveCount 1
            $text -match '^ *Policy: torrents \(Killswitch\), firewall$' | Should -HaveCount 1
            $text -match '^Planned +ip6?tables ' | Should -Not -BeNullOrEmpty
        }
    }

    Context 'given what it can not take' {
        It 'reports <Id> for <Line>' -ForEach @(
            @{
                Id = 'InvalidCidr'; Category = 'InvalidArgument'; Target = '10.0.0.300'
                Line = 'torrents -AllowDestination 10.0.0.300'
            }
            @{
                Id = 'WholeAddressSpace'; Category = 'InvalidArgument'; Target = '::/0'
                Line = 'torrents -AllowDestination ::/0'
            }
            @{
                Id = 'WholeAddressSpace'; Category = 'InvalidArgument'; Target = ''
                Line = 'torrents -AllowDestination 0.0.0.0/1, 128.0.0.0/1'
            }
            @{
                Id = 'InvalidInterfaceName'; Category = 'InvalidArgument'; Target = 'sixteencharacter'
                Line = 'torrents -TunnelInterface sixteencharacter'
            }
            @{ Id = 'MissingTarget'; Category = 'InvalidArgument'; Target = ''; Line = '-AllowPublishedPort' }
            @{ Id = 'NetworkNotFound'; Category = 'ObjectNotFound'; Target = 'nope'; Line = 'nope' }
            @{ Id = 'NetworkCannotHavePolicy'; Category = 'InvalidOperation'; Target = 'host'; Line = 'host' }
        ) {
            $result = Invoke-InTestHost $testHost ([scriptblock]::Create("New-TailSplitKillswitch $Line"))
            $found = Get-OnlyError $result
            $found.FullyQualifiedErrorId | Should -Be "$Id,TailSplit.Commands.NewTailSplitKillswitchCommand"
            "$($found.CategoryInfo.Category)" | Should -Be $Category
            if ($Target) {
                "$($found.TargetObject)" | Should -Be $Target
            }

            $found.ErrorDetails.RecommendedAction | Should -Not -BeNullOrEmpty
            $result.Output | Should -BeNullOrEmpty
            Get-KernelText $testHost | Should -BeExactly $before
        }

        It 'refuses -Action Allow, naming what there is' {
            $result = Invoke-InTestHost $testHost { New-TailSplitKillswitch torrents -Action Allow -WhatIf }
            $result.Stopped.FullyQualifiedErrorId | Should -Match '^CannotConvertArgumentNoMessage,'
            "$($result.Stopped)" | Should -Match 'Drop.*Reject'
        }
    }

    Context 'in force' {
        AfterEach {
            $null = Invoke-InTestHost $testHost { Remove-TailSplitPolicy * }
            Get-KernelText $testHost | Should -BeExactly $before
        }

        It 'applies, and finds itself unchanged the second time' {
            $first = Invoke-InTestHost $testHost { New-TailSplitKillswitch torrents -AllowDestination 10.0.0.5 -Confirm:$false }
            $first.Error | Should -BeNullOrEmpty
            $first.Output | ForEach-Object { "$($_.State)" } | Sort-Object -Unique | Should -Be 'Applied'
            $applied = Get-KernelText $testHost
            $applied | Should -Match '-A TSK-torrents'

            $again = Invoke-InTestHost $testHost { New-TailSplitKillswitch torrents -AllowDestination 10.0.0.5 }
            $again.Output | ForEach-Object { "$($_.State)" } | Sort-Object -Unique | Should -Be 'Unchanged'
            Get-KernelText $testHost | Should -BeExactly $applied
        }

        It 'stands before the rules of others in DOCKER-USER, and leaves them there' {
            $null = Invoke-InTestHost $testHost { New-TailSplitKillswitch torrents }
            $chain = (Get-KernelText $testHost) -split "`n" -match '^-A DOCKER-USER'
            $chain | Should -HaveCount 4
            $chain[0] | Should -Match '-j TAILSPLIT-KILLSWITCH'
            $chain[1] | Should -Match 'of somebody else'
        }

        It 'takes the place of a bypass by -Force alone' {
            $result = Invoke-InTestHost $testHost {
                $null = New-TailSplitBypass torrents
                New-TailSplitKillswitch torrents
            }
            (Get-OnlyError $result).FullyQualifiedErrorId | Should -Match '^PolicyExists,'
            $forced = Invoke-InTestHost $testHost {
                $null = New-TailSplitKillswitch torrents -Force
                "$((Get-TailSplitPolicy torrents).Kind)"
            }
            $forced.Error | Should -BeNullOrEmpty
            $forced.Output | Should -Be 'Killswitch'
        }

        It 'puts back what was there where a step of the commit fails' {
            $null = Invoke-InTestHost $testHost { New-TailSplitBypass media }
            $kept = Get-KernelText $testHost
            # Checks pass; the commit of IPv6 does not, while that of IPv4 has been written.
            $stub = Join-Path $testHost.Stubs ip6tables-restore
            $real = (Get-Command ip6tables-restore -CommandType Application -TotalCount 1).Source
            Set-Content $stub '#!/bin/sh', "case `"`$*`" in *--test*) exec $real `"`$@`" ;; esac", 'echo "no room" >&2; exit 1'
            & chmod +x $stub
            try {
                $result = Invoke-InTestHost $testHost { New-TailSplitKillswitch torrents }
            } finally {
                Remove-Item $stub
            }

            $result.Stopped.FullyQualifiedErrorId | Should -Be 'ApplyFailed,TailSplit.Commands.NewTailSplitKillswitchCommand'
            $result.Stopped.ErrorDetails.Message | Should -Match 'ip6tables-restore.*no room'
            $result.Stopped.ErrorDetails.RecommendedAction | Should -Not -BeNullOrEmpty
            $result.Output | Should -BeNullOrEmpty
            Get-KernelText $testHost | Should -BeExactly $kept
        }
    }
}
