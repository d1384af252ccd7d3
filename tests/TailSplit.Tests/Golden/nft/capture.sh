#!/usr/bin/env bash
# Captures what the real nft prints of each *.nft here, in a network namespace of its own. Needs root, nft and jq.
set -euo pipefail
cd "$(dirname "$0")"

namespace=tailsplit-nft-capture
trap 'ip netns delete "$namespace"' EXIT
ip netns add "$namespace"
for source in docker-bridges.nft tailscale.nft expressions.nft; do
    ip netns exec "$namespace" nft flush ruleset
    ip netns exec "$namespace" nft -f "$source"
    # One item a line, so that a diff can be read.
    ip netns exec "$namespace" nft -j list ruleset | jq -c '.nftables[]' |
        sed '1s/^/{"nftables":[/; $!s/$/,/; $s/$/]}/' > "${source%.nft}.json"
done
# The rules of the last one as nft writes them, with their handles.
ip netns exec "$namespace" nft -a list ruleset > expressions.txt
