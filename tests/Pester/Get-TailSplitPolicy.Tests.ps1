BeforeDiscovery {
    Import-Module (Join-Path $PSScriptRoot TailSplit.Pester.psm1)
    $skip = -not (Test-TestHost)
}

Describe 'Get-TailSplitPolicy' -Skip:$skip {
    BeforeAll {
        Import-Module (Join-Path $PSScriptRoot TailSplit.Pester.psm1)
        $testHost = New-TestHost
    }

    AfterAll {
        Remove-TestHost $testHost
    }

    Context 'on a host without policies' {
        It 'writes nothing, and no error' {
            $result = Invoke-InTestHost $testHost { Get-TailSplitPolicy; Get-TailSplitPolicy '*' -ErrorAction Stop }
            $result.Output | Should -BeNullOrEmpty
            $result.Error | Should -BeNullOrEmpty
        }
    }

    Context 'on a host with policies' {
        BeforeAll {
            $made = Invoke-InTestHost $testHost {
                New-TailSplitBypass media -Exclude 1.1.1.1
                New-TailSplitKillswitch torrents -AllowDestination 10.0.0.5 -AllowPublishedPort -Action Reject -BlockHost
                New-TailSplitBypass -Subnet 172.20.0.0/16 -Name play -Mechanism Route
            }
            $made.Error | Should -BeNullOrEmpty
            $policies = Get-KernelText $testHost
        }

        AfterAll {
            $null = Invoke-InTestHost $testHost { Remove-TailSplitPolicy * }
        }

        It 'reads every option back from the kernel' {
            $result = Invoke-InTestHost $testHost { Get-TailSplitPolicy }
            $result.Error | Should -BeNullOrEmpty
            $result.Output.Name | Sort-Object | Should -Be 'media', 'play', 'torrents'
            $media = $result.Output | Where-Object Name -EQ media
            "$($media.Kind) $($media.Network) $($media.Bridge) $($media.TunnelInterface) $($media.State)" |
                Should -Be 'Bypass media br-media tailscale0 Active'
            $media.Subnet | Should -Be '172.19.0.0/16', 'fd00:19::/64'
            $media.Exclude | Should -Be '1.1.1.1/32'
            "$($media.Mechanism)" | Should -Be 'Mark'
            $media.Action | Should -BeNullOrEmpty
            $torrents = $result.Output | Where-Object Name -EQ torrents
            $torrents.AllowDestination | Should -Be '10.0.0.5/32'
            $torrents.AllowPublishedPort | Should -BeTrue
            $torrents.BlockHost | Should -BeTrue
            "$($torrents.Action)" | Should -Be 'Reject'
            $torrents.WayOut | Should -HaveCount 1
            $torrents.WayOut[0] | Should -Match 'prowlarr.*games'
            $play = $result.Output | Where-Object Name -EQ play
            $play.Network | Should -BeNullOrEmpty
            $play.Bridge | Should -Be 'br-040404040404'
            "$($play.Mechanism)" | Should -Be 'Route'
        }

        It 'finds <Policies> by <Line>' -ForEach @(
            @{ Line = 'Get-TailSplitPolicy media'; Policies = 'media' }
            @{ Line = 'Get-TailSplitPolicy MEDIA, tor*'; Policies = 'media', 'torrents' }
            @{ Line = 'Get-TailSplitPolicy -Name p[l-m]ay'; Policies = 'play' }
            @{ Line = '"play", "media" | Get-TailSplitPolicy'; Policies = 'play', 'media' }
            @{ Line = 'Get-DockerNetwork t* | Get-TailSplitPolicy'; Policies = 'torrents' }
            @{ Line = '[pscustomobject]@{ Name = "play" } | Get-TailSplitPolicy'; Policies = 'play' }
            @{ Line = 'Get-TailSplitPolicy | Where-Object Kind -eq Killswitch'; Policies = 'torrents' }
        ) {
            $result = Invoke-InTestHost $testHost ([scriptblock]::Create($Line))
            $result.Error | Should -BeNullOrEmpty
            $result.Output.Name | Should -Be $Policies
        }

        It 'reports a name that is not in force, and goes on' {
            $result = Invoke-InTestHost $testHost { Get-TailSplitPolicy nope, media }
            $found = Get-OnlyError $result
            $found.FullyQualifiedErrorId | Should -Be 'PolicyNotFound,TailSplit.Commands.GetTailSplitPolicyCommand'
            "$($found.CategoryInfo.Category)" | Should -Be 'ObjectNotFound'
            $found.TargetObject | Should -Be 'nope'
            $found.ErrorDetails.RecommendedAction | Should -Match 'Get-TailSplitPolicy'
            $result.Output.Name | Should -Be 'media'
        }

        It 'stops there with -ErrorAction Stop, and is silent with Ignore' {
            $result = Invoke-InTestHost $testHost {
                (Get-TailSplitPolicy nope, media -ErrorAction Ignore).Name
                Get-TailSplitPolicy nope, media -ErrorAction Stop
            }
            $result.Output | Should -Be 'media'
            $result.Stopped.FullyQualifiedErrorId | Should -Match '^PolicyNotFound,'
        }

        It 'is a table no wider than 120 columns' {
            $text = (Invoke-InTestHost $testHost { Get-TailSplitPolicy | Out-String -Width 120 }).Output -split "`n"
            $text | ForEach-Object { $_.TrimEnd().Length | Should -BeLessOrEqual 120 }
            $text -match '^media +Bypass +br-media +Active +0 +0' | Should -HaveCount 1
            $text -match '^Name +Kind +Bridge +State +Passed +Blocked' | Should -HaveCount 1
        }

        It 'becomes JSON in words, without a warning' {
            $result = Invoke-InTestHost $testHost { Get-TailSplitPolicy torrents | ConvertTo-Json -EnumsAsStrings }
            $result.Warning | Should -BeNullOrEmpty
            $json = $result.Output | ConvertFrom-Json
            $json.Name | Should -Be 'torrents'
            $json.Kind | Should -Be 'Killswitch'
            $json.Subnet | Should -Be '172.18.0.0/16', 'fd00:18::/64'
            $json.AllowDestination | Should -Be '10.0.0.5/32'
            $json.AllowPublishedPort | Should -BeTrue
        }

        It 'does without docker' {
            $broken = Join-Path $testHost.Stubs broken
            Set-Content $broken 'Cannot connect to the Docker daemon'
            try {
                $result = Invoke-InTestHost $testHost { Get-TailSplitPolicy }
                $result.Error | Should -BeNullOrEmpty
                $result.Output | Should -HaveCount 3
            } finally {
                Remove-Item $broken
            }
        }

        It 'changes nothing' {
            Get-KernelText $testHost | Should -BeExactly $policies
        }

        It 'calls a policy degraded where a rule of it is gone, and says which' {
            & ip -n $testHost.Namespace -6 rule delete iif br-torrents prohibit
            $LASTEXITCODE | Should -Be 0
            $result = Invoke-InTestHost $testHost {
                Get-TailSplitPolicy torrents
                New-TailSplitKillswitch torrents -AllowDestination 10.0.0.5 -AllowPublishedPort -Action Reject -BlockHost
            }
            "$($result.Output[0].State)" | Should -Be 'Degraded'
            $result.Output[0].Missing | Should -Not -BeNullOrEmpty
            "$($result.Output[0].Missing)" | Should -Match 'br-torrents prohibit'
            # The same command repairs it.
            $applied = $result.Output | Select-Object -Skip 1 | Where-Object { "$($_.State)" -eq 'Applied' }
            $applied.CommandLine | Should -Match '^ip -6 rule add .*iif br-torrents prohibit'
            Get-KernelText $testHost | Should -BeExactly $policies
        }
    }
}
