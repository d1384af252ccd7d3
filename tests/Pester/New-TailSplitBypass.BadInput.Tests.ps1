BeforeDiscovery {
    Import-Module (Join-Path $PSScriptRoot TailSplit.Pester.psm1)
    $skip = -not (Test-TestHost)
}

Describe 'New-TailSplitBypass, given what it can not take' -Skip:$skip {
    BeforeAll {
        Import-Module (Join-Path $PSScriptRoot TailSplit.Pester.psm1)
        $testHost = New-TestHost
        $before = Get-KernelText $testHost
    }

    AfterAll {
        Remove-TestHost $testHost
    }

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

    It 'is stopped where the live rules can not be read: <Programs> end with <Status>' -ForEach @(
        @{ Programs = @('iptables-save'); Status = 1 }
        # Where iptables-save breaks off, each chain is read by itself. Here nothing can be.
        @{ Programs = 'iptables-save', 'iptables', 'iptables-nft', 'nft'; Status = 3 }
    ) {
        $stubs = $Programs | ForEach-Object { Join-Path $testHost.Stubs $_ }
        foreach ($stub in $stubs) {
            Set-Content $stub '#!/bin/sh', "echo 'Table does not exist' >&2; exit $Status"
            & chmod a+x $stub
        }

        try {
            $result = Invoke-InTestHost $testHost { New-TailSplitBypass media }
        } finally {
            Remove-Item $stubs
        }

        $result.Stopped.FullyQualifiedErrorId | Should -Be 'ReadFailed,TailSplit.Commands.NewTailSplitBypassCommand'
        $result.Stopped.ErrorDetails.Message | Should -Match 'Table does not exist'
        $result.Stopped.ErrorDetails.RecommendedAction | Should -Not -BeNullOrEmpty
        Get-KernelText $testHost | Should -BeExactly $before
    }

    It 'writes where iptables-save breaks off, and reads each chain back by itself' {
        $stub = Join-Path $testHost.Stubs iptables-save
        Set-Content $stub '#!/bin/sh', 'echo "Parsing nftables rule failed" >&2; exit 3'
        & chmod a+x $stub
        try {
            $result = Invoke-InTestHost $testHost {
                (New-TailSplitBypass media).State | Sort-Object -Unique | ForEach-Object { "$_" }
                "$((Get-TailSplitPolicy media).State)"
                (Remove-TailSplitPolicy media).State | Sort-Object -Unique | ForEach-Object { "$_" }
            }
        } finally {
            Remove-Item $stub
        }

        $result.Error | Should -BeNullOrEmpty
        $result.Output | Should -Be 'Applied', 'Active', 'Removed'
        Get-KernelText $testHost | Should -BeExactly $before
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
