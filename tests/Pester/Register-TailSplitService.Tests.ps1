BeforeDiscovery {
    Import-Module (Join-Path $PSScriptRoot TailSplit.Pester.psm1)
    $skip = -not (Test-TestHost)
}

Describe 'Register-TailSplitService' -Skip:$skip {
    BeforeAll {
        Import-Module (Join-Path $PSScriptRoot TailSplit.Pester.psm1)
        $testHost = New-TestHost
        $root = Join-Path $TestDrive root
        $units = New-Item -ItemType Directory (Join-Path $root etc/systemd/system)
        (Invoke-InTestHost $testHost { New-TailSplitKillswitch torrents; New-TailSplitBypass media }).Error | Should -BeNullOrEmpty
    }

    AfterAll {
        Remove-TestHost $testHost
    }

    It 'names pwsh and the module by paths that outlive an update' {
        $result = Invoke-InTestHost $testHost { Register-TailSplitService -Root $args[0] -Watch } $root
        $result.Error | Should -BeNullOrEmpty
        "$($result.Output.State | Sort-Object -Unique)" | Should -Be 'Written'
        $process = (Get-Process -Id $PID).Path
        $program = if ($PSHOME -match '^(.*)/\.store/') {
            # A .NET tool: its shim.
            "$($Matches[1])/pwsh"
        } elseif ((Split-Path -Leaf $process) -eq 'dotnet') {
            "*/dotnet $PSHOME/pwsh.dll"
        } else {
            @('/usr/bin/pwsh', '/usr/local/bin/pwsh', '/bin/pwsh' | Where-Object {
                    (Get-Item $_ -ErrorAction Ignore).ResolvedTarget -eq $process
                }) + $process | Select-Object -First 1
        }
        $unit = Get-Content -Raw (Join-Path $units tailsplit.service)
        $unit | Should -BeLike "*ExecStart=$program -NoProfile -NonInteractive -Command *"
        $unit | Should -BeLike "*Import-Module '$(Get-ModuleManifestPath)'*"
        "$($result.Warning)" | Should -BeLike '*not the folder for all users*'
    }

    It 'does not take over which Docker this session asks' {
        $result = Invoke-InTestHost $testHost {
            $env:DOCKER_HOST = 'tcp://192.0.2.1:2375'
            try { Register-TailSplitService -Root $args[0] -Watch } finally { $env:DOCKER_HOST = $null }
        } $root
        "$($result.Warning)" | Should -BeLike '*DOCKER_HOST=tcp://192.0.2.1:2375*systemctl edit*'
        Get-Content -Raw (Join-Path $units tailsplit.service) | Should -Not -BeLike '*DOCKER_HOST*'
    }

    It 'writes what sh puts into an empty kernel as it is, so that it is read back as the policy' {
        $early = Join-Path $root etc/tailsplit/early.sh
        (Invoke-InTestHost $testHost { Remove-TailSplitPolicy * }).Error | Should -BeNullOrEmpty
        & ip netns exec $testHost.Namespace sh $early
        $LASTEXITCODE | Should -Be 0
        $policy = (Invoke-InTestHost $testHost { Get-TailSplitPolicy }).Output
        "$($policy.Name) $($policy.Kind)" | Should -Be 'torrents Killswitch'
    }

    It 'shows states and paths, and leaves nothing when it is undone' {
        $text = (Invoke-InTestHost $testHost { Register-TailSplitService -Root $args[0] | Out-String -Width 200 } $root).Output
        $text | Should -Match 'Unchanged\s+\S+early\.sh'
        (Invoke-InTestHost $testHost { Unregister-TailSplitService -Root $args[0] } $root).Error | Should -BeNullOrEmpty
        Join-Path $root etc/tailsplit | Should -Not -Exist
        Get-ChildItem $units | Should -BeNullOrEmpty
    }
}
