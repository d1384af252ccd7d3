BeforeDiscovery {
    Import-Module (Join-Path $PSScriptRoot TailSplit.Pester.psm1)
    $skip = -not (Test-TestHost)
}

Describe 'New-TailSplitBypass' -Skip:$skip {
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

        It 'plans rules of both families by a subnet alone, without docker' {
            $result = Invoke-InTestHost $testHost {
                New-TailSplitBypass -Subnet 172.19.0.0/16, fd00:19::/64 -Name media -WhatIf -Verbose
            }
            $result.Error | Should -BeNullOrEmpty
            $result.Output.Count | Should -BeGreaterThan 5
            $result.Output | ForEach-Object { "$($_.State)" } | Sort-Object -Unique | Should -Be 'Planned'
            $result.Output | ForEach-Object { "$($_.Family)" } | Sort-Object -Unique | Should -Be 'IPv4', 'IPv6'
            $result.Verbose -match 'docker' | Should -BeNullOrEmpty
        }

        It 'writes rule objects with command lines that can be run by hand' {
            $result = Invoke-InTestHost $testHost {
                New-TailSplitBypass -Network media -WhatIf | ForEach-Object { "$($_.GetType().FullName)|$($_.CommandLine)" }
            }
            $result.Output | ForEach-Object { $_ | Should -Match '^TailSplit\.Output\.TailSplitRule\|(iptables|ip6tables|ip) ' }
        }

        It 'plans rules that the kernel takes as they are printed' {
            $result = Invoke-InTestHost $testHost {
                New-TailSplitBypass -Network media -WhatIf | Where-Object Layer -EQ Routing | ForEach-Object CommandLine
            }
            $result.Output.Count | Should -BeGreaterThan 2
            foreach ($line in $result.Output) {
                & ip netns exec $testHost.Namespace sh -c $line
                $LASTEXITCODE | Should -Be 0 -Because $line
            }

            $null = Invoke-InTestHost $testHost { Remove-TailSplitPolicy * }
        }

        It 'obeys $WhatIfPreference' {
            $result = Invoke-InTestHost $testHost {
                $WhatIfPreference = $true
                New-TailSplitBypass -Network media
            }
            $result.Output | ForEach-Object { "$($_.State)" } | Sort-Object -Unique | Should -Be 'Planned'
        }

        It 'says what it would do, as any cmdlet' {
            $text = & ip netns exec $testHost.Namespace @(Get-PowerShellCommand) -NoProfile -Command (
                "`$PSStyle.OutputRendering = 'PlainText'; Import-Module '$(Get-ModuleManifestPath)'" +
                '; New-TailSplitBypass -Subnet 172.19.0.0/16 -Name media -WhatIf | Out-String -Width 120')
            $text | Where-Object { $_ -match '^What if: .*"Apply bypass" on target "media' } | Should -HaveCount 1
            $text | Where-Object { $_ -match '^ *Policy: media \(Bypass\), firewall$' } | Should -HaveCount 1
            $text | ForEach-Object { $_.TrimEnd().Length | Should -BeLessOrEqual 120 }
        }
    }

    Context 'as it binds' {
        It 'takes <Name>' -ForEach @(
            @{ Name = 'a name by position'; Line = 'New-TailSplitBypass media -WhatIf'; Policies = 'media' }
            @{ Name = 'several names'; Line = 'New-TailSplitBypass media, games -WhatIf'; Policies = 'games', 'media' }
            @{
                Name = 'names from the pipeline'; Line = '"media", "games" | New-TailSplitBypass -WhatIf'
                Policies = 'games', 'media'
            }
            @{
                Name = 'networks from the pipeline'
                Line = 'Get-DockerNetwork media, g* | New-TailSplitBypass -WhatIf'; Policies = 'games', 'media'
            }
            @{
                Name = 'networks by parameter'
                Line = 'New-TailSplitBypass -Network (Get-DockerNetwork media) -WhatIf'; Policies = 'media'
            }
            @{
                Name = 'a name of its own for a network'; Line = 'New-TailSplitBypass media -Name films -WhatIf'
                Policies = 'films'
            }
            @{
                Name = 'a bridge, whose subnets it looks up'; Line = 'New-TailSplitBypass -Bridge br-media -WhatIf'
                Policies = 'br-media'
            }
            @{
                Name = 'a subnet, whose bridge it looks up'
                Line = 'New-TailSplitBypass -Subnet 172.19.0.0/16 -WhatIf'; Policies = 'br-media'
            }
            @{
                Name = 'objects with Name, Subnet and Bridge'; Policies = 'films'
                Line = '[pscustomobject]@{ Name = "films"; Subnet = "172.19.0.0/16"; Bridge = "br-media" } |
                    New-TailSplitBypass -WhatIf'
            }
            @{
                Name = 'objects with nothing but a Name, a network''s'; Policies = 'media'
                Line = '[pscustomobject]@{ Name = "media" } | New-TailSplitBypass -WhatIf'
            }
        ) {
            $result = Invoke-InTestHost $testHost ([scriptblock]::Create($Line))
            $result.Error | Should -BeNullOrEmpty
            $result.Output.Policy | Where-Object { $_ } | Sort-Object -Unique | Should -Be $Policies
            "$($result.Output.CommandLine)" | Should -Match 'br-media'
        }

        It 'takes the rows of a CSV file, with and without a bridge' {
            $csv = Join-Path $TestDrive networks.csv
            Set-Content $csv 'Name,Subnet,Bridge', 'films,172.19.0.0/16,br-media', 'play,172.20.0.0/16,'
            $result = Invoke-InTestHost $testHost { param($csv) Import-Csv $csv | New-TailSplitBypass -WhatIf } $csv
            $result.Error | Should -BeNullOrEmpty
            $result.Output.Policy | Where-Object { $_ } | Sort-Object -Unique | Should -Be 'films', 'play'
            "$($result.Output.CommandLine)" | Should -Match 'iif br-040404040404'
        }

        It 'takes splatted parameters' {
            $result = Invoke-InTestHost $testHost {
                $options = @{ Network = 'media'; Exclude = '1.1.1.1', '2606:4700::/32'; Mechanism = 'Route'; WhatIf = $true }
                New-TailSplitBypass @options
            }
            $lines = "$($result.Output.CommandLine)"
            $lines | Should -Match 'to 1\.1\.1\.1/32 iif br-media lookup 52'
            $lines | Should -Match 'to 2606:4700::/32 iif br-media lookup 52'
            $lines | Should -Not -Match 'set-xmark'
        }

        It 'passes over networks from the pipeline that can have no policy, with a warning each' {
            $result = Invoke-InTestHost $testHost { Get-DockerNetwork host, lan, vault, media | New-TailSplitBypass -WhatIf }
            $result.Error | Should -BeNullOrEmpty
            $result.Warning | Should -HaveCount 3
            $result.Output.Policy | Where-Object { $_ } | Sort-Object -Unique | Should -Be 'media'
        }

        It 'warns where it can see the subnet alone' {
            $result = Invoke-InTestHost $testHost { New-TailSplitBypass -Subnet 172.30.0.0/16 -WhatIf }
            $result.Warning | Should -HaveCount 1
            $result.Warning[0] | Should -Match '172\.30\.0\.0/16.*-Bridge'
            $result.Output.Policy | Where-Object { $_ } | Sort-Object -Unique | Should -Be '172.30.0.0-16'
        }
    }
}

Describe 'New-TailSplitBypass for a user who is not root' -Skip:$skip {
    BeforeAll {
        Import-Module (Join-Path $PSScriptRoot TailSplit.Pester.psm1)
        $testHost = New-TestHost -User 65534
    }

    AfterAll {
        Remove-TestHost $testHost
    }

    It 'plans all the same' {
        $result = Invoke-InTestHost $testHost { New-TailSplitBypass -Subnet 172.19.0.0/16 -Name media -WhatIf }
        $result.Error | Should -BeNullOrEmpty
        $result.Output | ForEach-Object { "$($_.State)" } | Sort-Object -Unique | Should -Be 'Planned'
        "$($result.Output.CommandLine)" | Should -Match 'iif br-media'
    }

    It 'says who may write' {
        $result = Invoke-InTestHost $testHost { New-TailSplitBypass -Subnet 172.19.0.0/16 -Name media }
        $result.Stopped.FullyQualifiedErrorId | Should -Be 'PermissionDenied,TailSplit.Commands.NewTailSplitBypassCommand'
        "$($result.Stopped.CategoryInfo.Category)" | Should -Be 'PermissionDenied'
        $result.Stopped.ErrorDetails.RecommendedAction | Should -Match 'sudo'
    }
}
