BeforeDiscovery {
    Import-Module (Join-Path $PSScriptRoot TailSplit.Pester.psm1) -Force
    $skip = -not (Test-TestHost)
}

Describe 'New-TailSplitBypass' -Skip:$skip {
    BeforeAll {
        Import-Module (Join-Path $PSScriptRoot TailSplit.Pester.psm1) -Force
        $testHost = New-TestHost $TestDrive
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
            $text = & ip netns exec $testHost.Namespace (Get-Process -Id $PID).Path -NoProfile -Command (
                "`$PSStyle.OutputRendering = 'PlainText'; Import-Module '$(Get-ModuleManifestPath)'" +
                '; New-TailSplitBypass -Subnet 172.19.0.0/16 -Name media -WhatIf | Out-String -Width 120')
            $text | Where-Object { $_ -match '^What if: .*"Apply bypass" on target "media' } | Should -HaveCount 1
            $text | Where-Object { $_ -match '^ *Policy: media \(Bypass\)' } | Should -HaveCount 1
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

    Context 'given what it can not take' {
        It 'reports <Id> for <Line>' -ForEach @(
            @{ Id = 'InvalidCidr'; Category = 'InvalidArgument'; Target = '10.0.0.5/8'; Line = '-Subnet 10.0.0.5/8' }
            @{ Id = 'InvalidCidr'; Category = 'InvalidArgument'; Target = 'x'; Line = 'media -Exclude x' }
            @{
                Id = 'InvalidInterfaceName'; Category = 'InvalidArgument'; Target = 'a/b'
                Line = '-Subnet 172.19.0.0/16 -Bridge a/b'
            }
            @{ Id = 'InvalidPolicyName'; Category = 'InvalidArgument'; Target = '-x'; Line = 'media -Name "-x"' }
            @{ Id = 'MissingTarget'; Category = 'InvalidArgument'; Target = ''; Line = '' }
            @{ Id = 'BridgeWithoutSubnet'; Category = 'InvalidArgument'; Target = 'br-nope'; Line = '-Bridge br-nope' }
            @{
                Id = 'SubnetInTailscaleRange'; Category = 'InvalidArgument'; Target = '100.64.1.0/24'
                Line = '-Subnet 100.64.1.0/24'
            }
            @{
                Id = 'SubnetInTailscaleRange'; Category = 'InvalidArgument'; Target = 'fd7a:115c:a1e0:1::/64'
                Line = '-Subnet fd7a:115c:a1e0:1::/64'
            }
            @{
                Id = 'WholeAddressSpace'; Category = 'InvalidArgument'; Target = '0.0.0.0/0'
                Line = 'media -Exclude 0.0.0.0/0'
            }
            @{ Id = 'WholeSubnet'; Category = 'InvalidArgument'; Target = '::/0'; Line = '-Subnet ::/0' }
            @{ Id = 'NetworkNotFound'; Category = 'ObjectNotFound'; Target = 'nope'; Line = 'nope' }
            @{ Id = 'NetworkCannotHavePolicy'; Category = 'InvalidOperation'; Target = 'lan'; Line = 'lan' }
            @{
                Id = 'NetworkCannotHavePolicy'; Category = 'InvalidOperation'; Target = 'vault'
                Line = '-Network vault'
            }
        ) {
            $result = Invoke-InTestHost $testHost ([scriptblock]::Create("New-TailSplitBypass $Line"))
            $found = Get-OnlyError $result
            $found.FullyQualifiedErrorId | Should -Be "$Id,TailSplit.Commands.NewTailSplitBypassCommand"
            "$($found.CategoryInfo.Category)" | Should -Be $Category
            "$($found.TargetObject)" | Should -Be $Target
            $found.ErrorDetails.Message | Should -Not -BeNullOrEmpty
            $found.ErrorDetails.RecommendedAction | Should -Not -BeNullOrEmpty
            $result.Stopped | Should -BeNullOrEmpty
            $result.Output | Should -BeNullOrEmpty
        }

        It 'is stopped by <Id>: <Line>' -ForEach @(
            @{ Id = 'NetworkAndSubnet'; Line = 'New-TailSplitBypass media -Subnet 172.19.0.0/16' }
            @{ Id = 'AmbiguousName'; Line = 'New-TailSplitBypass media, games -Name one' }
            @{ Id = 'AmbiguousName'; Line = 'Get-DockerNetwork media, games | New-TailSplitBypass -Name one' }
        ) {
            $result = Invoke-InTestHost $testHost ([scriptblock]::Create($Line))
            $result.Stopped.FullyQualifiedErrorId | Should -Be "$Id,TailSplit.Commands.NewTailSplitBypassCommand"
            $result.Stopped.ErrorDetails.RecommendedAction | Should -Not -BeNullOrEmpty
        }

        It 'refuses what PowerShell itself can refuse: <_>' -ForEach @(
            'media -Mechanism Magic', 'media -Wait -1', 'media -TunnelInterface ""', 'media -Exclude @()', '@()'
            '-Subnet 172.19.0.0/16 -Name ""'
        ) {
            $result = Invoke-InTestHost $testHost ([scriptblock]::Create("New-TailSplitBypass $_ -WhatIf"))
            $result.Stopped.FullyQualifiedErrorId | Should -Match '^(CannotConvertArgumentNoMessage|ParameterArgumentValidationError)'
        }

        It 'goes on with the other inputs after an error' {
            $result = Invoke-InTestHost $testHost { 'nope', 'media' | New-TailSplitBypass -WhatIf }
            (Get-OnlyError $result).FullyQualifiedErrorId | Should -Match '^NetworkNotFound,'
            $result.Output.Policy | Should -Contain 'media'
        }

        It 'stops at the first error with -ErrorAction Stop, and writes nothing' {
            $result = Invoke-InTestHost $testHost { 'nope', 'media' | New-TailSplitBypass -ErrorAction Stop }
            $result.Stopped.FullyQualifiedErrorId | Should -Match '^NetworkNotFound,'
            $result.Output | Should -BeNullOrEmpty
        }

        It 'is silent with -ErrorAction SilentlyContinue, and fills -ErrorVariable' {
            $result = Invoke-InTestHost $testHost {
                New-TailSplitBypass nope -ErrorAction SilentlyContinue -ErrorVariable failed
                $failed.Count
            }
            $result.Error | Should -BeNullOrEmpty
            $result.Output | Should -Be 1
        }

        It 'is stopped by a daemon that does not answer' {
            $broken = Join-Path $testHost.Stubs broken
            Set-Content $broken 'Cannot connect to the Docker daemon'
            try {
                $result = Invoke-InTestHost $testHost { New-TailSplitBypass media, games }
                $result.Stopped.FullyQualifiedErrorId | Should -Be 'DockerUnavailable,TailSplit.Commands.NewTailSplitBypassCommand'
            } finally {
                Remove-Item $broken
            }
        }

        It 'is stopped by a program that prints what can not be read' {
            $stub = Join-Path $testHost.Stubs ip
            Set-Content $stub '#!/bin/sh', 'echo "not JSON"'
            & chmod a+x $stub
            try {
                $result = Invoke-InTestHost $testHost { New-TailSplitBypass media -TunnelInterface tailscale0 }
            } finally {
                Remove-Item $stub
            }

            $result.Stopped.FullyQualifiedErrorId | Should -Be 'UnreadableOutput,TailSplit.Commands.NewTailSplitBypassCommand'
            "$($result.Stopped.CategoryInfo.Category)" | Should -Be 'InvalidData'
        }

        It 'is stopped where the live rules can not be read' {
            $stub = Join-Path $testHost.Stubs iptables-save
            Set-Content $stub '#!/bin/sh', 'echo "Table does not exist" >&2; exit 3'
            & chmod a+x $stub
            try {
                $result = Invoke-InTestHost $testHost { New-TailSplitBypass media }
            } finally {
                Remove-Item $stub
            }

            $result.Stopped.FullyQualifiedErrorId | Should -Be 'ReadFailed,TailSplit.Commands.NewTailSplitBypassCommand'
            $result.Stopped.ErrorDetails.Message | Should -Match 'Table does not exist'
        }

        It 'is stopped where Tailscale leaves no room before its rules' {
            & ip -n $testHost.Namespace rule add pref 100 fwmark 0x80000/0xff0000 lookup main
            try {
                $result = Invoke-InTestHost $testHost { New-TailSplitBypass media }
            } finally {
                & ip -n $testHost.Namespace rule delete pref 100
            }

            $result.Stopped.FullyQualifiedErrorId | Should -Be 'NoRoomBelowTailscale,TailSplit.Commands.NewTailSplitBypassCommand'
            $result.Stopped.TargetObject | Should -Be 100
        }

        It 'has left the kernel as it was' {
            Get-KernelText $testHost | Should -BeExactly $before
        }
    }

    Context 'in force' {
        AfterEach {
            $null = Invoke-InTestHost $testHost { Remove-TailSplitPolicy * }
            Get-KernelText $testHost | Should -BeExactly $before
        }

        It 'applies, and finds itself unchanged the second time' {
            $first = Invoke-InTestHost $testHost { New-TailSplitBypass media -Confirm:$false }
            $first.Error | Should -BeNullOrEmpty
            $first.Output | ForEach-Object { "$($_.State)" } | Sort-Object -Unique | Should -Be 'Applied'
            $applied = Get-KernelText $testHost
            $applied | Should -Match '-A TAILSPLIT-BYPASS'
            $applied | Should -Match 'iif br-media lookup main'

            $again = Invoke-InTestHost $testHost { New-TailSplitBypass media }
            $again.Output | ForEach-Object { "$($_.State)" } | Sort-Object -Unique | Should -Be 'Unchanged'
            Get-KernelText $testHost | Should -BeExactly $applied
        }

        It 'writes exactly what -WhatIf announced' {
            $result = Invoke-InTestHost $testHost {
                $planned = New-TailSplitBypass media, games -Exclude 1.1.1.1 -WhatIf
                $applied = New-TailSplitBypass media, games -Exclude 1.1.1.1
                Compare-Object $planned.CommandLine $applied.CommandLine
                $applied.Count
            }
            $result.Output | Should -HaveCount 1
        }

        It 'puts a whole pipeline in force at once' {
            $result = Invoke-InTestHost $testHost {
                Get-DockerNetwork media, games | New-TailSplitBypass
                (Get-TailSplitPolicy).Name
            }
            $result.Error | Should -BeNullOrEmpty
            $result.Output[-2..-1] | Should -Be 'games', 'media'
        }

        It 'names -Force where other options are in force, and replaces with it' {
            $result = Invoke-InTestHost $testHost {
                $null = New-TailSplitBypass media
                New-TailSplitBypass media -Exclude 1.1.1.1
            }
            $found = Get-OnlyError $result
            $found.FullyQualifiedErrorId | Should -Match '^PolicyExists,'
            "$($found.CategoryInfo.Category)" | Should -Be 'ResourceExists'
            $found.ErrorDetails.RecommendedAction | Should -Match '-Force'

            $forced = Invoke-InTestHost $testHost {
                $null = New-TailSplitBypass media -Exclude 1.1.1.1 -Force
                (Get-TailSplitPolicy media).Exclude
            }
            $forced.Error | Should -BeNullOrEmpty
            $forced.Output | Should -Be '1.1.1.1/32'
        }

        It 'refuses a second policy on the same network' {
            $result = Invoke-InTestHost $testHost {
                $null = New-TailSplitBypass media
                New-TailSplitBypass media -Name films
            }
            $found = Get-OnlyError $result
            $found.FullyQualifiedErrorId | Should -Match '^OverlappingPolicies,'
            $found.TargetObject | Should -Be 'films'
        }

        It 'writes nothing where it should ask and nobody answers, and all with -Confirm:$false' {
            $asked = Invoke-InTestHost $testHost {
                $ConfirmPreference = 'Low'
                New-TailSplitBypass media
            }
            $asked.Error | Should -Not -BeNullOrEmpty
            Get-KernelText $testHost | Should -BeExactly $before
            $told = Invoke-InTestHost $testHost {
                $ConfirmPreference = 'Low'
                New-TailSplitBypass media -Confirm:$false
            }
            $told.Error | Should -BeNullOrEmpty
            $told.Output.Policy | Should -Contain 'media'
        }

        It 'waits for the lock no longer than -Wait says' {
            $result = Invoke-InTestHost $testHost {
                param($path)
                $null = New-Item -ItemType Directory -Force /run/tailsplit
                $held = [IO.File]::Open($path, 'OpenOrCreate', 'ReadWrite', 'None')
                try {
                    New-TailSplitBypass media -Wait 0
                } finally {
                    $held.Dispose()
                }
            } $testHost.LockFile
            $result.Stopped.FullyQualifiedErrorId | Should -Be 'LockTimeout,TailSplit.Commands.NewTailSplitBypassCommand'
            "$($result.Stopped.CategoryInfo.Category)" | Should -Be 'OperationTimeout'
            $result.Stopped.ErrorDetails.RecommendedAction | Should -Match '-Wait'
        }
    }
}

Describe 'New-TailSplitBypass for a user who is not root' -Skip:$skip {
    BeforeAll {
        Import-Module (Join-Path $PSScriptRoot TailSplit.Pester.psm1) -Force
        $manifest = Get-ModuleManifestPath
        & setpriv --reuid=65534 --regid=65534 --clear-groups test -r $manifest 2>$null
        $readable = $LASTEXITCODE -eq 0
        if ($readable) {
            $testHost = New-TestHost $TestDrive -User 65534
        }
    }

    AfterAll {
        if ($readable) {
            Remove-TestHost $testHost
        }
    }

    BeforeEach {
        if (-not $readable) {
            Set-ItResult -Skipped -Because 'the module lies in a folder that only root may read'
        }
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
