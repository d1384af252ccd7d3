#!/usr/bin/env bash
# One TCP stream through a bypass with 0, 5 and 20 policies: containers - host - world, in network namespaces joined by veth.
set -euo pipefail
seconds=${1:-4} rounds=${2:-5}
name=tsstream$$
trap 'for side in c h w; do ip netns delete "$name-$side" 2>/dev/null || true; done' EXIT
for side in c h w; do ip netns add "$name-$side"; ip -n "$name-$side" link set lo up; done
host=$name-h
ip -n "$host" link add br-000000000001 type veth peer name eth0 netns "$name-c"
ip -n "$host" link add eth0 type veth peer name eth0 netns "$name-w"
ip -n "$host" tuntap add dev tailscale0 mode tun
ip -n "$host" address add 10.200.1.1/24 dev br-000000000001
ip -n "$host" address add 203.0.113.2/24 dev eth0
ip -n "$host" address add 100.101.102.103/32 dev tailscale0
for link in br-000000000001 eth0 tailscale0; do ip -n "$host" link set "$link" up; done
ip -n "$host" route add default via 203.0.113.1
ip -n "$host" route add default dev tailscale0 table 52
ip -n "$host" rule add pref 5210 fwmark 0x80000/0xff0000 lookup main
ip -n "$host" rule add pref 5270 lookup 52
nsenter "--net=/run/netns/$host" sysctl -qw net.ipv4.ip_forward=1
ip -n "$name-c" address add 10.200.1.2/24 dev eth0
ip -n "$name-c" link set eth0 up
ip -n "$name-c" route add default via 10.200.1.1
ip -n "$name-w" address add 203.0.113.1/24 dev eth0
ip -n "$name-w" link set eth0 up
nsenter "--net=/run/netns/$host" iptables-nft -t nat -A POSTROUTING -o eth0 -j MASQUERADE

run() { # megabits a second
    nsenter "--net=/run/netns/$name-w" timeout $((seconds + 10)) iperf3 --server --one-off >/dev/null 2>&1 &
    local server=$!
    sleep 0.3
    nsenter "--net=/run/netns/$name-c" timeout $((seconds + 8)) iperf3 --client 203.0.113.1 --time "$seconds" --json | awk -F'[:,]' '/"sum_received"/ { sum = 1 } sum && /bits_per_second/ { printf "%.0f\n", $2 / 1e6; exit }'
    wait "$server" || true
}
policies() { # number
    for rule in 5208 5209; do ip -n "$host" rule del pref "$rule" 2>/dev/null || true; done
    nsenter "--net=/run/netns/$host" pwsh -NoProfile -NonInteractive -Command "
        Import-Module '$(realpath "$(dirname "$0")/../../../TailSplit.psd1")'
        Remove-TailSplitPolicy * -Confirm:\$false -ErrorAction Ignore | Out-Null
        foreach (\$i in 1..$1) {
            if ($1 -lt 1) { break }
            \$kind = if (\$i % 2) { 'Bypass' } else { 'Killswitch' }
            & \"New-TailSplit\$kind\" -Subnet \"10.200.\$i.0/24\" -Bridge ('br-{0:x12}' -f \$i) -Name \"p\$i\" -FirewallBackend $TAILSPLIT_BENCHMARK_BACKEND -Confirm:\$false -WarningAction Ignore | Out-Null
        }" >/dev/null
    # Without a policy, the exit node would take the stream and the answers.
    if [ "$1" -eq 0 ]; then
        ip -n "$host" rule add pref 5208 to 10.200.0.0/16 lookup main
        ip -n "$host" rule add pref 5209 iif br-000000000001 lookup main
    fi
}
for ((i = 0; i < rounds; i++)); do
    for count in 0 5 20; do
        policies "$count"
        echo "$count $(run)"
    done
done | awk '{ n[$1]++; v[$1, n[$1]] = $2 }
    function median(c,   i, j, t, a) { for (i = 1; i <= n[c]; i++) a[i] = v[c, i]; for (i = 1; i <= n[c]; i++) for (j = i + 1; j <= n[c]; j++) if (a[j] < a[i]) { t = a[i]; a[i] = a[j]; a[j] = t } return a[int((n[c] + 1) / 2)] }
    END { printf "TCP stream: %d Mbit/s without policies, %d (%.3f) with 5, %d (%.3f) with 20; %d rounds\n", median(0), median(5), median(5) / median(0), median(20), median(20) / median(0), n[0] }'
