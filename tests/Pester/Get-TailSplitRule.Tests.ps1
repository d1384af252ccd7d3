BeforeDiscovery {
    Import-Module (Join-Path $PSScriptRoot TailSplit.Pester.psm1)
    $skip = -not (Test-TestHost)
}

Describe 'Get-TailSplitRule' -Skip:$skip {
    BeforeAll {
        Import-Module (Join-Path $PSScriptRoot TailSplit.Pester.psm1)
        $testHost = New-TestHost
        $none = Invoke-InTestHost $testHost { Get-TailSplitRule }
        $made = Invoke-InTestHost $testHost {
            New-TailSplitBypass media
            New-TailSplitKillswitch torrents
        }
        $rules = Invoke-InTestHost $testHost { Get-TailSplitRule }
    }

    AfterAll {
        Remove-TestHost $testHost
    }

    It 'finds nothing on a host without policies' {
        $none.Output | Should -BeNullOrEmpty
        $none.Error | Should -BeNullOrEmpty
    }

    It 'finds every rule that was applied, and no rule of others' {
        $made.Error | Should -BeNullOrEmpty
        $rules.Error | Should -BeNullOrEmpty
        $rules.Output.Count | Should -BeGreaterThan 20
        $rules.Output | ForEach-Object { "$($_.State)" } | Sort-Object -Unique | Should -Be 'Active'
        $rules.Output.CommandLine -match 'of somebody else|-A FORWARD .*-j TCPMSS|pref 52[0-9]{2} ' | Should -BeNullOrEmpty
        # Hooks are inserted at a place, which a rule read back does not tell.
        $stays, $goes = ($made.Output).Where({ "$($_.State)" -ne 'Removed' }, 'Split')
        # The second policy's subnet is next to the first one's, and both share one rule from then on.
        $goes.CommandLine | Should -Be 'ip -4 rule del pref 5100 to 172.19.0.0/16 lookup main suppress_prefixlength 0 protocol 84'
        $shared = $goes.CommandLine -replace ' rule del ', ' rule add '
        $applied = $stays.CommandLine -replace '-I (\S+) 1 ', '-A $1 ' | Where-Object { $_ -ne $shared } | Sort-Object -Unique
        $read = $rules.Output.CommandLine -replace '-I (\S+) 1 ', '-A $1 ' | Sort-Object -Unique
        Compare-Object $applied $read | ForEach-Object { "$($_.SideIndicator) $($_.InputObject)" } | Should -BeNullOrEmpty
    }

    It 'tells table, chain and counters of the firewall, preferences of routing' {
        $firewall = $rules.Output | Where-Object { "$($_.Layer)" -eq 'Firewall' }
        $firewall.Table | Sort-Object -Unique | Should -Be 'filter', 'mangle', 'nat'
        $firewall | ForEach-Object {
            $_.Chain | Should -Not -BeNullOrEmpty
            $_.Packets | Should -BeGreaterOrEqual 0
            $_.Preference | Should -BeNullOrEmpty
        }
        $routing = $rules.Output | Where-Object { "$($_.Layer)" -eq 'Routing' }
        $routing | ForEach-Object {
            $_.Preference | Should -Not -BeIn (5200..32767) -Because 'Tailscale deletes rules from 5200 on, and packets of others walk those up to 32767'
            $_.Chain | Should -BeNullOrEmpty
            $_.Packets | Should -BeNullOrEmpty
        }
    }

    It 'finds <What> by <Line>' -ForEach @(
        @{
            What = 'one policy''s'; Line = 'Get-TailSplitRule media'; Policies = 'media'; Families = 'IPv4', 'IPv6'
            Layers = 'Firewall', 'Routing'
        }
        @{
            What = 'one family''s'; Line = 'Get-TailSplitRule m* -Family IPv6'; Policies = 'media'
            Families = 'IPv6'; Layers = 'Firewall', 'Routing'
        }
        @{
            What = 'one layer''s'; Line = 'Get-TailSplitRule -Layer Routing -Policy t*'; Policies = 'torrents'
            Families = 'IPv4', 'IPv6'; Layers = 'Routing'
        }
        @{
            What = 'a policy''s'; Line = 'Get-TailSplitPolicy torrents | Get-TailSplitRule'; Policies = 'torrents'
            Families = 'IPv4', 'IPv6'; Layers = 'Firewall', 'Routing'
        }
        @{
            What = 'a network''s'; Line = 'Get-DockerNetwork media | Get-TailSplitRule'; Policies = 'media'
            Families = 'IPv4', 'IPv6'; Layers = 'Firewall', 'Routing'
        }
        @{
            What = 'several'; Line = '"media", "torrents" | Get-TailSplitRule -Family IPv4'
            Policies = 'media', 'torrents'; Families = 'IPv4'; Layers = 'Firewall', 'Routing'
        }
    ) {
        $result = Invoke-InTestHost $testHost ([scriptblock]::Create($Line))
        $result.Error | Should -BeNullOrEmpty
        $result.Output.Policy | Sort-Object -Unique | Should -Be $Policies
        $result.Output | ForEach-Object { "$($_.Family)" } | Sort-Object -Unique | Should -Be $Families
        $result.Output | ForEach-Object { "$($_.Layer)" } | Sort-Object -Unique | Should -Be $Layers
    }

    It 'reports a policy that is not there, and goes on' {
        $result = Invoke-InTestHost $testHost { Get-TailSplitRule nope, media }
        $found = Get-OnlyError $result
        $found.FullyQualifiedErrorId | Should -Be 'PolicyNotFound,TailSplit.Commands.GetTailSplitRuleCommand'
        $found.TargetObject | Should -Be 'nope'
        $found.ErrorDetails.RecommendedAction | Should -Not -BeNullOrEmpty
        $result.Output.Policy | Should -Contain 'media'
    }

    It 'stops there with -ErrorAction Stop, and is silent with SilentlyContinue' {
        $result = Invoke-InTestHost $testHost {
            Get-TailSplitRule nope -ErrorAction SilentlyContinue
            Get-TailSplitRule nope -ErrorAction Stop
        }
        (Get-OnlyError $result).FullyQualifiedErrorId | Should -Match '^PolicyNotFound,'
        $result.Stopped | Should -Not -BeNullOrEmpty
    }

    It 'refuses -Family IPv5' {
        $result = Invoke-InTestHost $testHost { Get-TailSplitRule -Family IPv5 }
        $result.Stopped.FullyQualifiedErrorId | Should -Match '^CannotConvertArgumentNoMessage,'
    }

    It 'is text of at most 120 columns, with one heading for each policy' {
        $text = (Invoke-InTestHost $testHost { Get-TailSplitRule | Out-String -Width 120 }).Output -split "`n"
        $text | ForEach-Object { $_.TrimEnd().Length | Should -BeLessOrEqual 120 }
        $text -match '^ *Policy: media \(Bypass\), firewall$' | Should -HaveCount 1
        $text -match '^ *Policy: torrents \(Killswitch\), firewall$' | Should -HaveCount 1
        $text -match '^ *Policy: shared by all policies, firewall$' | Should -HaveCount 1
        $text -match '^Active +ip -6 rule add ' | Should -Not -BeNullOrEmpty
    }

    It 'becomes JSON, without a warning' {
        $result = Invoke-InTestHost $testHost { Get-TailSplitRule media | ConvertTo-Json -EnumsAsStrings }
        $result.Warning | Should -BeNullOrEmpty
        $json = $result.Output | ConvertFrom-Json
        $json.CommandLine | Should -Be ($rules.Output | Where-Object Policy -EQ media).CommandLine
        $json.Kind | Sort-Object -Unique | Should -Be 'Bypass'
    }

    It 'can be grouped and counted like any object' {
        $result = Invoke-InTestHost $testHost { Get-TailSplitRule | Group-Object Policy -NoElement | ForEach-Object { "$($_.Name)" } }
        $result.Output | Should -Contain 'media'
        $result.Output | Should -Contain 'torrents'
    }
}
