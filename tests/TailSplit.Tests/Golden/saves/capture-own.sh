#!/bin/bash
# Feeds the rules of ../host-usual.txt to the real tools, in a network namespace of its own, and keeps what they print back.
# Run it as root after a change of rules that is meant: own-*.save and own-*.rules.json are the proof that what the compiler
# writes is what iptables-save and ip rule print.
set -euo pipefail
cd "$(dirname "$0")"
namespace=tailsplit-capture-$$
trap 'ip netns del "$namespace" 2>/dev/null || true' EXIT

restore_text() { # tool
    local table
    for table in filter nat mangle; do
        echo "*$table"
        # Chains of ours, in the order in which they come.
        sed -n "s/^$1 -t $table -A \([^ ]*\) .*/\1/p" ../host-usual.txt | grep ^T | awk '!seen[$0]++ { print ":" $0 " - [0:0]" }'
        [ "$table" = filter ] && echo ':DOCKER-USER - [0:0]'
        sed -n "s/^$1 -t $table \(-A T\)/\1/p" ../host-usual.txt
        sed -n "s/^$1 -t $table \(-[AI] [^T]\)/\1/p" ../host-usual.txt
        echo COMMIT
    done
}

for variant in nft legacy; do
    ip netns add "$namespace"
    for family in 4 6; do
        tool=iptables
        [ "$family" = 6 ] && tool=ip6tables
        restore_text "$tool" | ip netns exec "$namespace" "$tool-$variant-restore"
        ip netns exec "$namespace" "$tool-$variant-save" -c | grep -v '^#' > "own-v$family-$variant.save"
        sed -n "s/^ip -$family rule/rule/p" ../host-usual.txt | ip netns exec "$namespace" ip "-$family" -batch -
        ip netns exec "$namespace" ip "-$family" -N -j rule show > "own-v$family.rules.json"
    done
    ip netns del "$namespace"
done
