BeforeDiscovery {
    Import-Module (Join-Path $PSScriptRoot TailSplit.Pester.psm1)
    $skip = -not (Test-TestHost)
}

# A pwsh that is a .NET tool, with its shim, in a machine whose /etc is a copy of this one's.
Describe 'Register-TailSplitService by a pwsh that is a .NET tool' -Skip:$skip {
    BeforeAll {
        Import-Module (Join-Path $PSScriptRoot TailSplit.Pester.psm1)
        $testHost = New-TestHost
        $tools = Join-Path $TestDrive tools
        & dotnet tool install PowerShell --version $PSVersionTable.PSVersion --tool-path $tools | Out-Null
        $LASTEXITCODE | Should -Be 0
        $root = (New-Item -ItemType Directory (Join-Path $TestDrive root)).FullName
        & cp --archive /etc $root
        $units = New-Item -ItemType Directory -Force (Join-Path $root etc/systemd/system)
        (Invoke-InTestHost $testHost { New-TailSplitKillswitch torrents }).Error | Should -BeNullOrEmpty

        # In the namespace, with that /etc, and with nothing but what a unit has.
        function Invoke-AsUnit([string] $Unit) {
            $lines = Get-Content (Join-Path $units $Unit)
            $environment = @($lines -match '^Environment=' -replace '^Environment=')
            # What systemd makes of the line, sh is to make of it as well.
            $command = ($lines -match '^ExecStart=' -replace '^ExecStart=').Replace('$$', '\$').Replace('%%', '%')
            & ip netns exec $testHost.Namespace unshare --mount --propagation slave sh -c 'mount --bind "$0" /etc && exec "$@"' `
                "$root/etc" env --ignore-environment @environment sh -c "exec $command" 2>&1
        }
    }

    AfterAll {
        Remove-TestHost $testHost
    }

    It 'names the shim, which outlives an update' {
        $script = "Import-Module '$(Get-ModuleManifestPath)'; Register-TailSplitService -Root '$root' -WarningAction Ignore | Out-Null"
        $said = & ip netns exec $testHost.Namespace env "PATH=$($testHost.Stubs):$env:PATH" "$tools/pwsh" -NoProfile -NonInteractive -Command $script 2>&1
        $LASTEXITCODE | Should -Be 0 -Because "$said"
        Get-Content -Raw (Join-Path $units tailsplit.service) | Should -BeLike "*ExecStart=$tools/pwsh -NoProfile *"
    }

    It 'has units that really start by it' {
        (Invoke-InTestHost $testHost { Remove-TailSplitPolicy * }).Error | Should -BeNullOrEmpty
        # No Docker answers it: the killswitch is put in force where its network was last known.
        $said = Invoke-AsUnit tailsplit.service
        $policy = (Invoke-InTestHost $testHost { Get-TailSplitPolicy }).Output
        "$($policy.Name) $($policy.Kind)" | Should -Be 'torrents Killswitch' -Because "$said"
    }

    It 'names an installed module so that units load the version that an update brings' {
        $modules = Join-Path $TestDrive modules
        foreach ($version in '0.1.0', '0.10.0') {
            $folder = New-Item -ItemType Directory (Join-Path $modules TailSplit $version)
            Copy-Item -Recurse (Join-Path (Split-Path (Get-ModuleManifestPath)) bin) $folder
            (Get-Content -Raw (Get-ModuleManifestPath)) -replace '(?m)^(\s+ModuleVersion\s+= ).*', "`$1'$version'" | Set-Content (Join-Path $folder TailSplit.psd1)
        }

        $script = "Import-Module '$modules/TailSplit/0.1.0/TailSplit.psd1'; Register-TailSplitService -Root '$root' -WarningAction Ignore | Out-Null"
        $said = & ip netns exec $testHost.Namespace env "PATH=$($testHost.Stubs):$env:PATH" "$tools/pwsh" -NoProfile -NonInteractive -Command $script 2>&1
        $LASTEXITCODE | Should -Be 0 -Because "$said"
        Get-Content -Raw (Join-Path $units tailsplit.service) | Should -BeLike "*Import-Module '$modules/TailSplit'; *"
        & "$tools/pwsh" -NoProfile -NonInteractive -Command "`"`$((Import-Module '$modules/TailSplit' -PassThru).Version)`"" | Should -Be '0.10.0'
    }
}
