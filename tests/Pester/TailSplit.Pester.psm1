# What the Pester tests share: the module as it was built, a stand-in for the docker command line, and test hosts.
#
# A test host is a network namespace with bridges, a tunnel, the rules of Tailscale, Docker and others, and a pwsh of its own
# in it. Whatever a test writes is written there: the machine's own rules can't be reached.

$ErrorActionPreference = 'Stop'
$script:Hosts = 0
# Hosts that no test uses, as they were when they were made: to start a PowerShell takes longer than most tests run.
$script:FreeHosts = [Collections.Generic.Stack[object]]::new()
$script:Programs = @(
    'ip', 'nsenter', 'unshare', 'setpriv'
    'iptables-save', 'iptables-restore', 'ip6tables-save', 'ip6tables-restore'
)

function Get-ModuleManifestPath {
    (Resolve-Path (Join-Path $PSScriptRoot '../../TailSplit.psd1')).Path
}

# Why no test host can be had on this machine; nothing where it can.
function Get-TestHostObstacle {
    if (-not [Environment]::IsPrivilegedProcess) {
        return 'it needs root, to make a network namespace'
    }

    $missing = $script:Programs | Where-Object { -not (Get-Command $_ -CommandType Application -ErrorAction Ignore) }
    if ($missing) {
        return "not installed: $($missing -join ', ')"
    }

    & unshare --net true 2>$null
    if ($LASTEXITCODE -ne 0) {
        return 'the kernel refuses network namespaces here'
    }
}

# For -Skip at discovery: says the reason once for each file.
function Test-TestHost {
    $obstacle = Get-TestHostObstacle
    if ($obstacle) {
        Write-Host "Skipped: $obstacle." -ForegroundColor Yellow
    }

    -not $obstacle
}

# The networks of Docker on every host, by whose place in this list their ids are made.
$script:Networks = @(
    @{ Name = 'bridge'; Subnets = '172.17.0.0/16'; Bridge = 'docker0' }
    @{
        Name = 'media'; Subnets = '172.19.0.0/16', 'fd00:19::/64'; Containers = @('plex')
        Labels = @{ tier = 'open'; owner = 'ann' }
        Bridge = 'br-media'
    }
    @{
        Name = 'torrents'; Subnets = '172.18.0.0/16', 'fd00:18::/64'; Containers = @('qbittorrent', 'prowlarr')
        Labels = @{ tier = 'closed' }
        Bridge = 'br-torrents'
    }
    @{ Name = 'games'; Subnets = @('172.20.0.0/16'); Containers = @('prowlarr') }
    @{ Name = 'vault'; Subnets = @('172.21.0.0/16'); Internal = $true }
    @{ Name = 'lan'; Driver = 'macvlan'; Subnets = @('192.168.7.0/24'); Options = @{ parent = 'eth0' } }
    @{ Name = 'host'; Driver = 'host' }
    @{ Name = 'none'; Driver = 'null' }
)
for ($number = 1; $number -le $script:Networks.Count; $number++) {
    $network = $script:Networks[$number - 1]
    $network.Id = "$number".PadLeft(2, '0') * 32
    $network.Driver ??= 'bridge'
    if ($network.Bridge) {
        $network.Options = @{ 'com.docker.network.bridge.name' = $network.Bridge }
    } elseif ($network.Driver -eq 'bridge') {
        $network.Bridge = "br-$($network.Id.Substring(0, 12))"
    }
}

# The gateway of a subnet is its first address.
function Get-Gateway {
    param([string] $Subnet)

    $Subnet -replace '0/\d+$', '1' -replace '::/\d+$', '::1'
}

# A stub of the docker command line: it knows 'info', 'context inspect', 'ps', 'container inspect', 'network ls' and
# 'network inspect', and prints what Docker 28 prints on this host. A file 'broken' beside it, with what docker says instead, is
# a daemon that does not answer.
function New-DockerStub {
    param([Parameter(Mandatory)][string] $Folder)

    $networks = $script:Networks
    $data = New-Item -ItemType Directory (Join-Path $Folder 'networks')
    foreach ($network in $networks) {
        $id = $network.Id
        $containers = @{}
        foreach ($container in @($network.Containers | Where-Object { $_ })) {
            $containers["$container-id"] = @{ Name = $container; EndpointID = ''; MacAddress = '' }
        }

        $configs = @($network.Subnets | Where-Object { $_ } | ForEach-Object { @{ Subnet = $_; Gateway = Get-Gateway $_ } })
        $inspect = [ordered]@{
            Name       = $network.Name
            Id         = $id
            Created    = '2026-01-01T00:00:00Z'
            Scope      = 'local'
            Driver     = $network.Driver
            EnableIPv4 = $true
            EnableIPv6 = [bool] ($network.Subnets -match ':')
            IPAM       = @{ Driver = 'default'; Options = @{}; Config = $configs }
            Internal   = [bool] $network.Internal
            Attachable = $false
            Ingress    = $false
            Containers = $containers
            Options    = $network.Options ?? @{}
            Labels     = $network.Labels ?? @{}
        }
        $file = Join-Path $data $id
        $inspect | ConvertTo-Json -Depth 5 | Set-Content $file
        $null = New-Item -ItemType SymbolicLink -Path (Join-Path $data $network.Name) -Target $file
    }

    $data = New-Item -ItemType Directory (Join-Path $Folder 'containers')
    foreach ($name in $networks.Containers | Where-Object { $_ } | Sort-Object -Unique) {
        $joined = [ordered]@{}
        foreach ($network in $networks | Where-Object { $_.Containers -contains $name }) {
            $gateways = $network.Subnets | ForEach-Object { Get-Gateway $_ }
            $joined[$network.Name] = @{ Gateway = "$($gateways -notmatch ':')"; IPv6Gateway = "$($gateways -match ':')" }
        }

        [ordered]@{
            Id              = "$name-id"
            Name            = "/$name"
            State           = @{ Status = 'running'; Pid = 0 }
            HostConfig      = @{ NetworkMode = @($joined.Keys)[0]; CapAdd = $null; Privileged = $false }
            NetworkSettings = @{ Ports = @{}; Networks = $joined }
        } | ConvertTo-Json -Depth 5 | Set-Content (Join-Path $data "$name-id")
    }

    $program = Join-Path $Folder 'docker'
    Set-Content $program @'
#!/bin/sh
here=$(dirname "$0")
if [ -e "$here/broken" ]; then cat "$here/broken" >&2; exit 1; fi
case "$1 $2" in
'info --format')
    cat <<END
{"ServerVersion":"28.5.2","Name":"$(uname -n)","OperatingSystem":"Debian GNU/Linux 13 (trixie)","FirewallBackend":{"Driver":"iptables"},"SecurityOptions":["name=cgroupns"]}
END
    ;;
'context inspect')
    echo '[{"Name":"default","Endpoints":{"docker":{"Host":"unix:///var/run/docker.sock","SkipTLSVerify":false}}}]' ;;
'ps --quiet')
    ls "$here/containers" ;;
'container inspect')
    shift 3
    printf '['
    comma=
    for id in "$@"; do printf '%s' "$comma"; cat "$here/containers/$id"; comma=,; done
    printf ']\n' ;;
'network ls')
    for file in "$here"/networks/*; do [ -L "$file" ] || basename "$file"; done ;;
'network inspect')
    shift 3
    status=0
    missing=
    printf '['
    comma=
    for name in "$@"; do
        if [ -e "$here/networks/$name" ]; then printf '%s' "$comma"; cat "$here/networks/$name"; comma=,
        else status=1; missing=$name; fi
    done
    printf ']\n'
    [ $status -eq 0 ] || echo "Error response from daemon: network $missing not found" >&2
    exit $status ;;
*) echo "docker stub: not known: $*" >&2; exit 125 ;;
esac
'@
    & chmod -R a+rX,u+x $Folder
    & chmod a+x $program
}

# A stub of ip for a machine whose own interfaces are none of Docker's: the bridges of the networks, as 'ip -d -j address' prints them.
function New-InterfaceStub {
    param([Parameter(Mandatory)][string] $Folder)

    $links = foreach ($network in $script:Networks | Where-Object Bridge) {
        $addresses = foreach ($subnet in $network.Subnets) {
            $family = $subnet -match ':' ? 'inet6' : 'inet'
            @{ family = $family; local = Get-Gateway $subnet; prefixlen = [int] ($subnet -split '/')[1]; scope = 'global' }
        }
        @{ ifname = $network.Bridge; mtu = 1500; linkinfo = @{ info_kind = 'bridge' }; num_tx_queues = 1; addr_info = @($addresses) }
    }
    $program = Join-Path $Folder ip
    # What a kernel has by itself, as `ip -N -j rule show` prints it.
    $rules = '[{"priority":0,"src":"all","table":"255"},{"priority":32766,"src":"all","table":"254"}]'
    Set-Content $program @"
#!/bin/sh
case " `$* " in *' rule '*) echo '$rules'; exit;; esac
cat <<'END'
$(ConvertTo-Json @($links) -Depth 4)
END
"@
    & chmod a+rx $program
}

# The module in this session, with the stubs of docker and ip first on PATH and text without colours. Exit-StubSession undoes it.
function Enter-StubSession {
    param([Parameter(Mandatory)][string] $Folder)

    $stubs = (New-Item -ItemType Directory (Join-Path $Folder stubs)).FullName
    New-DockerStub $stubs
    New-InterfaceStub $stubs
    $session = [pscustomobject]@{ Stubs = $stubs; Path = $env:PATH; Rendering = $PSStyle.OutputRendering }
    $env:PATH = "${stubs}:$env:PATH"
    $PSStyle.OutputRendering = 'PlainText'
    Import-Module (Get-ModuleManifestPath) -Force -Global
    $session
}

function Exit-StubSession {
    param($Session)

    if ($Session) {
        $env:PATH = $Session.Path
        $PSStyle.OutputRendering = $Session.Rendering
    }

    Remove-Module TailSplit -ErrorAction Ignore
}

# The command line of this PowerShell, to start another. A .NET tool has no program of its own: dotnet runs its pwsh.dll.
function Get-PowerShellCommand {
    $program = [Environment]::ProcessPath
    (Split-Path $program -Leaf) -eq 'dotnet' ? @($program, (Join-Path $PSHOME pwsh.dll)) : @($program)
}

# Runs a script in a fresh PowerShell, which has neither this session's modules nor its assemblies.
function Invoke-FreshPowerShell {
    param([Parameter(Mandatory)][string] $Script)

    $program, [string[]] $arguments = Get-PowerShellCommand
    & $program @arguments -NoProfile -NonInteractive -Command "`$ErrorActionPreference = 'Stop'; $Script"
}

# A host of nobody else's, with the docker stub and without policies. -User is a number: its pwsh runs as that user, without
# privileges. Remove-TestHost hands a host back, and the next test file may get it.
function New-TestHost {
    param([int] $User)

    if (-not $User -and $script:FreeHosts.Count -gt 0) {
        return $script:FreeHosts.Pop()
    }

    $PSNativeCommandUseErrorActionPreference = $true
    $name = "tailsplit-pester-$PID-$($script:Hosts)"
    $script:Hosts++
    $folder = (New-Item -ItemType Directory (Join-Path ([IO.Path]::GetTempPath()) $name)).FullName
    $testHost = [pscustomobject]@{
        Namespace = $name
        Folder    = $folder
        Stubs     = (New-Item -ItemType Directory (Join-Path $folder stubs)).FullName
        User      = $User
        Process   = $null
        Runspace  = $null
        LockFile  = $null
        Begin     = $null
    }
    & chmod a+rx $folder
    New-DockerStub $testHost.Stubs
    & ip netns add $name
    try {
        Set-HostNetwork $testHost
        Start-HostPowerShell $testHost
        # As it is handed on: this also brings the PowerShell back to the folder that it was started in.
        $testHost.Runspace.ResetRunspaceState()
        $testHost.Begin = Get-HostText $testHost
        $testHost
    } catch {
        Close-TestHost $testHost
        throw
    }
}

# The bridges of Docker, and Tailscale with an exit node and LAN access on: it throws the prefixes of the host out of its table,
# adjacent ones in one route.
function Set-HostNetwork {
    param($TestHost)

    $bridges = foreach ($network in $script:Networks | Where-Object Bridge) {
        "link add $($network.Bridge) type bridge"
        foreach ($subnet in $network.Subnets) {
            "addr add $(Get-Gateway $subnet)/$(($subnet -split '/')[1]) dev $($network.Bridge)$($subnet -match ':' ? ' nodad' : '')"
        }

        "link set $($network.Bridge) up"
    }
    # No packet goes anywhere: a TUN device without a program is enough to be found by its routes.
    @"
link set lo up
tuntap add dev tailscale0 mode tun
addr add 100.101.102.103/32 dev tailscale0
$($bridges -join "`n")
link set tailscale0 up
route add 100.100.100.100 dev tailscale0 table 52
route add default dev tailscale0 table 52
route add throw 127.0.0.0/8 table 52
route add throw 172.17.0.0/16 table 52
route add throw 172.18.0.0/15 table 52
route add throw 172.20.0.0/15 table 52
rule add pref 5210 fwmark 0x80000/0xff0000 lookup main
rule add pref 5230 fwmark 0x80000/0xff0000 lookup default
rule add pref 5250 fwmark 0x80000/0xff0000 unreachable
rule add pref 5270 lookup 52
"@ | & ip -n $TestHost.Namespace -batch -
    @'
route add fd7a:115c:a1e0::/48 dev tailscale0 table 52
route add default dev tailscale0 table 52
route add throw fd00:18::/64 table 52
route add throw fd00:19::/64 table 52
route add throw fe80::/64 table 52
rule add pref 5210 fwmark 0x80000/0xff0000 lookup main
rule add pref 5230 fwmark 0x80000/0xff0000 lookup default
rule add pref 5250 fwmark 0x80000/0xff0000 unreachable
rule add pref 5270 lookup 52
'@ | & ip -n $TestHost.Namespace -6 -batch -
    Get-OthersRule -Somebody 203.0.113.9/32 | & ip netns exec $TestHost.Namespace iptables-restore
    Get-OthersRule -IPv6 -Somebody 2001:db8::9/128 | & ip netns exec $TestHost.Namespace ip6tables-restore
    # Docker does so when it starts.
    & ip netns exec $TestHost.Namespace sh -c 'echo 1 > /proc/sys/net/ipv4/ip_forward; echo 1 > /proc/sys/net/ipv6/conf/all/forwarding'
}

# What Docker 28 and Tailscale write on this host, where no port is published, and a rule of somebody else.
function Get-OthersRule {
    param([switch] $IPv6, [Parameter(Mandatory)][string] $Somebody)

    $networks = foreach ($network in $script:Networks | Where-Object Bridge) {
        $subnet = $network.Subnets | Where-Object { ($_ -match ':') -eq $IPv6 }
        if ($subnet) {
            [pscustomobject]@{ Bridge = $network.Bridge; Subnet = $subnet; Internal = [bool] $network.Internal }
        }
    }
    $open = @($networks | Where-Object -Not Internal)
    $closed = @($networks | Where-Object Internal)
    $tailnet = $IPv6 ? 'fd7a:115c:a1e0::/48' : '100.64.0.0/10'
    $loopback = $IPv6 ? '::1/128' : '127.0.0.0/8'
    @(
        '*nat'
        ':DOCKER - [0:0]'
        ':ts-postrouting - [0:0]'
        '-A PREROUTING -m addrtype --dst-type LOCAL -j DOCKER'
        "-A OUTPUT ! -d $loopback -m addrtype --dst-type LOCAL -j DOCKER"
        '-A POSTROUTING -j ts-postrouting'
        $open.ForEach{ "-A POSTROUTING -s $($_.Subnet) ! -o $($_.Bridge) -j MASQUERADE" }
        $open.ForEach{ "-A DOCKER -i $($_.Bridge) -j RETURN" }
        '-A ts-postrouting -m mark --mark 0x40000/0xff0000 -j MASQUERADE'
        'COMMIT'
        '*filter'
        ':FORWARD DROP [0:0]'
        ':DOCKER - [0:0]'
        ':DOCKER-BRIDGE - [0:0]'
        ':DOCKER-CT - [0:0]'
        ':DOCKER-FORWARD - [0:0]'
        ':DOCKER-ISOLATION-STAGE-1 - [0:0]'
        ':DOCKER-ISOLATION-STAGE-2 - [0:0]'
        ':DOCKER-USER - [0:0]'
        ':ts-forward - [0:0]'
        ':ts-input - [0:0]'
        '-A INPUT -j ts-input'
        '-A FORWARD -j DOCKER-USER'
        '-A FORWARD -j DOCKER-FORWARD'
        '-A FORWARD -j ts-forward'
        $open.ForEach{ "-A DOCKER ! -i $($_.Bridge) -o $($_.Bridge) -j DROP" }
        $open.ForEach{ "-A DOCKER-BRIDGE -o $($_.Bridge) -j DOCKER" }
        $open.ForEach{ "-A DOCKER-CT -o $($_.Bridge) -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT" }
        '-A DOCKER-FORWARD -j DOCKER-CT'
        '-A DOCKER-FORWARD -j DOCKER-ISOLATION-STAGE-1'
        '-A DOCKER-FORWARD -j DOCKER-BRIDGE'
        $closed.ForEach{ "-A DOCKER-FORWARD -i $($_.Bridge) -o $($_.Bridge) -j ACCEPT" }
        $open.ForEach{ "-A DOCKER-FORWARD -i $($_.Bridge) -j ACCEPT" }
        $closed.ForEach{
            "-A DOCKER-ISOLATION-STAGE-1 ! -s $($_.Subnet) -o $($_.Bridge) -j DROP"
            "-A DOCKER-ISOLATION-STAGE-1 ! -d $($_.Subnet) -i $($_.Bridge) -j DROP"
        }
        $open.ForEach{ "-A DOCKER-ISOLATION-STAGE-1 -i $($_.Bridge) ! -o $($_.Bridge) -j DOCKER-ISOLATION-STAGE-2" }
        $open.ForEach{ "-A DOCKER-ISOLATION-STAGE-2 -o $($_.Bridge) -j DROP" }
        "-A DOCKER-USER -s $Somebody -m comment --comment ""of somebody else"" -j DROP"
        '-A ts-forward -i tailscale0 -j MARK --set-xmark 0x40000/0xff0000'
        '-A ts-forward -m mark --mark 0x40000/0xff0000 -j ACCEPT'
        if (-not $IPv6) { "-A ts-forward -s $tailnet -o tailscale0 -j DROP" }
        '-A ts-forward -o tailscale0 -j ACCEPT'
        if (-not $IPv6) { "-A ts-input -s $tailnet ! -i tailscale0 -j DROP" }
        '-A ts-input -i tailscale0 -j ACCEPT'
        '-A ts-input -p udp -m udp --dport 41641 -j ACCEPT'
        'COMMIT'
        '*mangle'
        '-A PREROUTING -m conntrack --ctstate RELATED,ESTABLISHED -m connmark ! --mark 0x0/0xff0000 -j CONNMARK --restore-mark --nfmask 0xff0000 --ctmask 0xff0000'
        '-A FORWARD -o tailscale0 -p tcp -m tcp --tcp-flags SYN,RST SYN -j TCPMSS --clamp-mss-to-pmtu'
        '-A OUTPUT -m conntrack --ctstate NEW -m mark ! --mark 0x0/0xff0000 -j CONNMARK --save-mark --nfmask 0xff0000 --ctmask 0xff0000'
        'COMMIT'
    )
}

function Start-HostPowerShell {
    param($TestHost)

    $manifest = Get-ModuleManifestPath
    $program, [string[]] $arguments = Get-PowerShellCommand
    $arguments = @($arguments | Where-Object { $_ })
    $command = @("--net=/run/netns/$($TestHost.Namespace)")
    if ($TestHost.User) {
        # What others may not enter where it lies is seen in the host's folder, within a mount namespace that ends with the process.
        $seen = 'program', 'home', 'module' | ForEach-Object { (New-Item -ItemType Directory (Join-Path $TestHost.Folder $_)).FullName }
        $script = 'mount --bind "$1" "$4"; mount --bind "$2" "$5"; mount --bind "$3" "$6"; shift 6; exec "$@"'
        $command += 'unshare', '--mount', 'sh', '-ec', $script, 'sh', (Split-Path $program), $PSHOME, (Split-Path $manifest)
        $command += $seen
        $command += 'setpriv', "--reuid=$($TestHost.User)", "--regid=$($TestHost.User)", '--clear-groups', '--no-new-privs'
        $program = Join-Path $seen[0] (Split-Path $program -Leaf)
        $arguments = @($arguments | ForEach-Object { $_.Replace($PSHOME, $seen[1]) })
        $manifest = Join-Path $seen[2] (Split-Path $manifest -Leaf)
    }

    $instance = [Management.Automation.Runspaces.PowerShellProcessInstance]::new()
    $start = $instance.Process.StartInfo
    $start.FileName = (Get-Command nsenter -CommandType Application -TotalCount 1).Source
    $start.ArgumentList.Clear()
    @($command) + $program + $arguments + '-s', '-NoLogo', '-NoProfile' | ForEach-Object { $start.ArgumentList.Add($_) }
    $start.Environment['PATH'] = "$($TestHost.Stubs):$env:PATH"
    $start.Environment['POWERSHELL_TELEMETRY_OPTOUT'] = '1'
    if ($TestHost.User) {
        $start.Environment['HOME'] = '/nonexistent'
    }

    $TestHost.Runspace = [runspacefactory]::CreateOutOfProcessRunspace($null, $instance)
    $TestHost.Runspace.Open()
    $TestHost.Process = $instance.Process
    $begin = Invoke-InTestHost $TestHost {
        param($manifest)
        $PSStyle.OutputRendering = 'PlainText'
        Import-Module $manifest
        (Get-Item /proc/self/ns/net).LinkTarget -replace '\D'
    } $manifest
    if ($begin.Error) {
        throw $begin.Error[0]
    }

    $TestHost.LockFile = "/run/tailsplit/$($begin.Output).lock"
}

# What a test may change of its host and of the PowerShell there.
function Get-HostText {
    param($TestHost)

    $session = Invoke-InTestHost $TestHost {
        "$PWD"
        # PowerShell loads its own modules when they are first used.
        (Get-Module).Name -notlike 'Microsoft.PowerShell.*' | Sort-Object
        Get-ChildItem env: | Sort-Object Name | ForEach-Object { "$($_.Name)=$($_.Value)" }
    }
    $network = @(& ip -n $TestHost.Namespace -br address) + @(& ip -n $TestHost.Namespace -4 route show table all) +
        @(& ip -n $TestHost.Namespace -6 route show table all)
    @(Get-KernelText $TestHost) + $network + $session.Output -join "`n"
}

# Hands a host back. One that is not as it was when it was made is closed.
function Remove-TestHost {
    param($TestHost)

    if (-not $TestHost) {
        return
    }

    try {
        if (-not $TestHost.User) {
            $null = Invoke-InTestHost $TestHost { Remove-TailSplitPolicy * -ErrorAction Ignore -WarningAction Ignore }
            $TestHost.Runspace.ResetRunspaceState()
            $end = Get-HostText $TestHost
            if ($end -ceq $TestHost.Begin) {
                Remove-Item $TestHost.Stubs/* -Recurse -Force
                New-DockerStub $TestHost.Stubs
                $script:FreeHosts.Push($TestHost)
                return
            }
        }
    } catch {
        Write-Verbose "The test host $($TestHost.Namespace) is not used again: $_"
    }

    Close-TestHost $TestHost
}

function Close-TestHost {
    param($TestHost)

    if ($TestHost.Runspace) {
        $TestHost.Runspace.Dispose()
    }

    if ($TestHost.Process -and -not $TestHost.Process.WaitForExit(2000)) {
        $TestHost.Process.Kill()
    }

    & ip netns delete $TestHost.Namespace
    # The namespace is gone, and with it everybody who could wait for its lock.
    if ($TestHost.LockFile) {
        Remove-Item $TestHost.LockFile -ErrorAction Ignore
    }

    Remove-Item $TestHost.Folder -Recurse -Force -ErrorAction Ignore
}

# Closes the hosts that no test uses.
function Close-FreeTestHost {
    while ($script:FreeHosts.Count -gt 0) {
        Close-TestHost $script:FreeHosts.Pop()
    }
}

# Runs a script in the pwsh of a test host, at most 60 seconds, and returns what it wrote to each stream. Objects arrive as
# PowerShell remoting carries them. Stopped is the error that ended the script, if one did; it is in Error as well.
function Invoke-InTestHost {
    param(
        [Parameter(Mandatory)] $TestHost,
        [Parameter(Mandatory)][scriptblock] $Script,
        [Parameter(ValueFromRemainingArguments)][object[]] $ArgumentList = @()
    )

    $shell = [powershell]::Create()
    try {
        $shell.Runspace = $TestHost.Runspace
        # In a try, an error that ends a statement ends the script, as the ones that only report do not.
        $null = $shell.AddScript('param($text, $list) try { & ([scriptblock]::Create($text)) @list } catch { throw }')
        $null = $shell.AddArgument($Script.ToString()).AddArgument($ArgumentList)
        $none = [Management.Automation.PSDataCollection[psobject]]::new()
        $none.Complete()
        $output = [Management.Automation.PSDataCollection[psobject]]::new()
        $stopped = $null
        $run = $shell.BeginInvoke($none, $output)
        if (-not $run.AsyncWaitHandle.WaitOne(60000)) {
            $shell.Stop()
            throw 'The script did not end in 60 s.'
        }

        try {
            $null = $shell.EndInvoke($run)
        } catch {
            $inner = $_.Exception.GetBaseException()
            $stopped = $inner -is [Management.Automation.IContainsErrorRecord] ? $inner.ErrorRecord : $_
        }

        [pscustomobject]@{
            Output  = @($output)
            Error   = @(@($shell.Streams.Error) + @($stopped) | Where-Object { $_ })
            Stopped = $stopped
            Warning = @($shell.Streams.Warning.ForEach{ $_.Message })
            Verbose = @($shell.Streams.Verbose.ForEach{ $_.Message })
        }
    } finally {
        $shell.Dispose()
    }
}

# Every rule of a test host, as text, without dates, counters and handles: equal texts are equal rules in the same order.
function Get-KernelText {
    param([Parameter(Mandatory)] $TestHost)

    $firewall = foreach ($program in 'iptables-save', 'ip6tables-save') {
        (& ip netns exec $TestHost.Namespace $program) -notmatch '^#' -replace ' \[\d+:\d+\]$'
    }
    @($firewall) + @(& ip -n $TestHost.Namespace -4 rule) + @(& ip -n $TestHost.Namespace -6 rule) -join "`n"
}

# The only error of a result, so that a test fails where there are none or several.
function Get-OnlyError {
    param([Parameter(Mandatory)] $Result)

    if ($Result.Error.Count -ne 1) {
        throw "Expected one error, not $($Result.Error.Count): $($Result.Error -join ' | ')"
    }

    $Result.Error[0]
}

Export-ModuleMember -Function *-*
