BeforeDiscovery {
    Import-Module (Join-Path $PSScriptRoot TailSplit.Pester.psm1) -Force
    $skip = -not (Test-TestHost)
}

Describe 'Register-TailSplitService' -Skip:$skip {
    BeforeAll {
        Import-Module (Join-Path $PSScriptRoot TailSplit.Pester.psm1) -Force
        $testHost = New-TestHost $TestDrive
        $root = Join-Path $TestDrive root
        $units = New-Item -ItemType Directory (Join-Path $root etc/systemd/system)
        (Invoke-InTestHost $testHost { New-TailSplitKillswitch torrents; New-TailSplitBypass media }).Error | Should -BeNullOrEmpty
    }

    AfterAll {
        Remove-TestHost $testHost
    }

    It 'names the very pwsh and the very module that registered it' {
        $result = Invoke-InTestHost $testHost { Register-TailSplitService -Root $args[0] -Watch } $root
        $result.Error | Should -BeNullOrEmpty
        "$($result.Output.State | Sort-Object -Unique)" | Should -Be 'Written'
        $unit = Get-Content -Raw (Join-Path $units tailsplit.service)
        $unit | Should -BeLike "*ExecStart=$((Get-Process -Id $PID).Path) -NoProfile -NonInteractive -Command *"
        $unit | Should -BeLike "*Import-Module '$(Get-ModuleManifestPath)'*"
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
