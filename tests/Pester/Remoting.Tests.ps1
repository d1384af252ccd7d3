# docs/fleet.md, as it stands there: its hosts are an sshd of this file's own, in the network namespace of a test host.

BeforeDiscovery {
    Import-Module (Join-Path $PSScriptRoot TailSplit.Pester.psm1)
    $skip = -not (Test-TestHost)
}

Describe 'Many hosts' -Skip:$skip {
    BeforeAll {
        Import-Module (Join-Path $PSScriptRoot TailSplit.Pester.psm1)
        $root = Split-Path (Get-ModuleManifestPath)
        $blocks = [regex]::Matches((Get-Content -Raw (Join-Path $root docs/fleet.md)), '(?ms)^```powershell\n(.*?)^```').ForEach{ $_.Groups[1].Value }
        $sshd = (Get-Command sshd, /usr/sbin/sshd -CommandType Application -ErrorAction Ignore | Select-Object -First 1).Source
        $testHost = New-TestHost
        $folder = (New-Item -ItemType Directory (Join-Path $TestDrive ssh)).FullName
        $modules = (New-Item -ItemType Directory (Join-Path $TestDrive modules)).FullName
        $null = New-Item -ItemType SymbolicLink (Join-Path $modules TailSplit) -Target $root
        $etc = (New-Item -ItemType Directory (Join-Path $TestDrive etc)).FullName
        & ssh-keygen -q -t ed25519 -N '' -f "$folder/host"
        & ssh-keygen -q -t ed25519 -N '' -f "$folder/user"
        # sshd wants this folder to separate its privileges.
        $made = if (-not (Test-Path /run/sshd)) { New-Item -ItemType Directory /run/sshd }
        $pwsh = (Get-PowerShellCommand) -join ' '
        Set-Content "$folder/sshd_config" @"
ListenAddress 127.0.0.1
Port 22022
HostKey $folder/host
PidFile $folder/sshd.pid
AuthorizedKeysFile $folder/user.pub
StrictModes no
PermitRootLogin prohibit-password
PasswordAuthentication no
KbdInteractiveAuthentication no
UsePAM no
SetEnv PATH=$($testHost.Stubs):$env:PATH PSModulePath=$modules POWERSHELL_TELEMETRY_OPTOUT=1
Subsystem powershell $pwsh -sshs -NoLogo -NoProfile
"@
        Set-Content "$folder/ssh_config" @"
Host nas.example pi.example
    HostName 127.0.0.1
    Port 22022
    IdentityFile $folder/user
    IdentitiesOnly yes
    StrictHostKeyChecking no
    UserKnownHostsFile /dev/null
    LogLevel ERROR
"@
        # PowerShell starts the ssh that it finds first.
        $ssh = (Get-Command ssh -CommandType Application -TotalCount 1).Source
        Set-Content (Join-Path $testHost.Stubs ssh) "#!/bin/sh`nexec $ssh -F $folder/ssh_config `"`$@`""
        & chmod 755 (Join-Path $testHost.Stubs ssh)
        & ip netns exec $testHost.Namespace $sshd -f "$folder/sshd_config" -E "$folder/sshd.log"
        for ($i = 0; $i -lt 50 -and -not (Test-Path "$folder/sshd.pid"); $i++) { Start-Sleep -Milliseconds 100 }

        # A block of the page, with its files in a folder of this test's own.
        function Invoke-Block([string] $Like) {
            $block = $blocks | Where-Object { $_ -like "*$Like*" } | Select-Object -First 1
            $block | Should -Not -BeNullOrEmpty
            $code = $block.Replace('/etc/tailsplit', $etc) -replace '(?<![/\w])policies\.json', "$etc/from-here.json"
            Invoke-InTestHost $testHost ([scriptblock]::Create(". { $code }"))
        }
    }

    AfterAll {
        if ($testHost) { $null = Invoke-InTestHost $testHost { Get-PSSession | Remove-PSSession; Remove-TailSplitPolicy * } }
        if (Test-Path "$folder/sshd.pid") { & kill (Get-Content "$folder/sshd.pid") }
        Remove-TestHost $testHost
        if ($made) { Remove-Item /run/sshd -ErrorAction Ignore }
    }

    It 'opens a session on each host' {
        $result = Invoke-InTestHost $testHost ([scriptblock]::Create('$global:hosts, $global:sessions = $null; ' +
            ($blocks | Where-Object { $_ -like '*New-PSSession*' }).Replace('$hosts =', '$global:hosts =').Replace('$sessions =', '$global:sessions =') +
            '; $global:sessions = @($global:sessions | Sort-Object ComputerName); $global:sessions.ComputerName'))
        $result.Error | Should -BeNullOrEmpty
        # Which answers first is up to the hosts; the tests below mean them by their places.
        $result.Output | Should -Be 'nas.example', 'pi.example'
    }

    It 'writes the policies of one host into a file, and brings it to all' {
        (Invoke-InTestHost $testHost { New-TailSplitBypass media; New-TailSplitKillswitch torrents -AllowPublishedPort }).Error | Should -BeNullOrEmpty
        (Invoke-Block 'Set-Content policies.json').Error | Should -BeNullOrEmpty
        (Invoke-Block '-ToSession').Error | Should -BeNullOrEmpty
        Get-Content -Raw "$etc/policies.json" | Should -Match 'torrents'
        (Invoke-InTestHost $testHost { Remove-TailSplitPolicy * }).Error | Should -BeNullOrEmpty
    }

    It 'shows what would change, and changes nothing' {
        $before = Get-KernelText $testHost
        $result = Invoke-Block 'Sync-TailSplitPolicy /etc/tailsplit/policies.json -WhatIf'
        $result.Error | Should -BeNullOrEmpty
        "$($result.Output | Out-String)" | Should -Not -BeNullOrEmpty
        Get-KernelText $testHost | Should -BeExactly $before
    }

    It 'puts the policies in force' {
        $result = Invoke-Block '-ThrottleLimit 2'
        $result.Error | Should -BeNullOrEmpty
        # Both names are of one machine here: whichever comes second may find nothing left to do.
        $result.Output.PSComputerName | Should -BeIn 'nas.example', 'pi.example'
        $seen = Invoke-InTestHost $testHost { Invoke-Command -Session $sessions { Get-TailSplitPolicy } | Sort-Object PSComputerName, Name }
        $seen.Output.ForEach{ "$($_.PSComputerName) $($_.Name) $($_.State)" } |
            Should -Be 'nas.example media Active', 'nas.example torrents Active', 'pi.example media Active', 'pi.example torrents Active'
        $result.Output[0].PSTypeNames | Should -Contain 'Deserialized.TailSplit.Output.TailSplitRule'
        "$((Invoke-InTestHost $testHost { Get-TailSplitPolicy }).Output.Name)" | Should -Be 'media torrents'
    }

    It 'brings policies back whole: every property, with the host they are of' {
        $result = Invoke-InTestHost $testHost { Invoke-Command -Session $sessions[0] { Get-TailSplitPolicy torrents } }
        $result.Error | Should -BeNullOrEmpty
        $result.Output | Should -HaveCount 1
        "$($result.Output[0].Kind) $($result.Output[0].State) $($result.Output[0].Bridge)" | Should -Be 'Killswitch Active br-torrents'
        $result.Output[0].AllowPublishedPort | Should -BeTrue
        $result.Output[0].Subnet | Should -Be '172.18.0.0/16', 'fd00:18::/64'
        $result.Output[0].PSComputerName | Should -Be 'nas.example'
    }

    It 'says of all hosts what is not whole' {
        (Invoke-Block 'Where-Object State -ne Active').Output | Should -BeNullOrEmpty
    }

    It 'removes there what is piped back' {
        $result = Invoke-Block 'foreach ($session in $sessions)'
        $result.Error | Should -BeNullOrEmpty
        "$((Invoke-InTestHost $testHost { Get-TailSplitPolicy }).Output.Name)" | Should -Be 'media'
    }

    It 'brings errors back with their id and their host' {
        $result = Invoke-InTestHost $testHost {
            Invoke-Command -Session $sessions[1] { Get-TailSplitPolicy nope } -ErrorVariable problem -ErrorAction SilentlyContinue
            $problem[0].FullyQualifiedErrorId
            $problem[0].OriginInfo.PSComputerName
        }
        $result.Output[0] | Should -Match '^PolicyNotFound,'
        $result.Output[1] | Should -Be 'pi.example'
    }
}
