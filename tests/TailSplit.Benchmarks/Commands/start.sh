#!/usr/bin/env bash
# What Import-Module adds to PowerShell's own start, and what a New-TailSplitBypass -WhatIf adds to its memory: fresh processes in turn.
set -euo pipefail
rounds=${1:-11}
module=${TAILSPLIT_BENCHMARK_MODULE:-$(dirname "$0")/../../../TailSplit.psd1}
peak='[IO.File]::ReadAllLines("/proc/self/status").Where({ $_.StartsWith("VmHWM") })[0] -replace "\D"'

milliseconds() { # command
    local start=${EPOCHREALTIME/./}
    pwsh -NoProfile -NonInteractive -Command "$1" >/dev/null
    echo $(((${EPOCHREALTIME/./} - start) / 100))e-1
}
median() { sort -g | awk '{ v[NR] = $1 } END { printf "%.1f", v[int((NR + 1) / 2)] }'; }

for ((i = 0; i <= rounds; i++)); do
    a=$(milliseconds 'exit 0')
    b=$(milliseconds "Import-Module '$module'; exit 0")
    c=$(pwsh -NoProfile -NonInteractive -Command "$peak")
    d=$(pwsh -NoProfile -NonInteractive -Command "Import-Module '$module'; \$null = New-TailSplitBypass -Subnet 10.200.1.0/24 -Bridge br-0123456789ab -WhatIf; $peak" | tail -n 1)
    e=$(pwsh -NoProfile -NonInteractive -Command "Import-Module '$module'; $peak")
    # The first turn warms the page cache.
    [ "$i" -eq 0 ] || echo "$a $b $c $d $e"
done >"${TMPDIR:-/tmp}/tailsplit-start.$$"
trap 'rm -f "${TMPDIR:-/tmp}/tailsplit-start.$$"' EXIT
table=${TMPDIR:-/tmp}/tailsplit-start.$$

import=$(awk '{ print $2 - $1 }' "$table" | median)
echo "Import-Module: $import ms on top of a start of $(awk '{ print $1 }' "$table" | median) ms (target 40); ratio $(awk '{ print $2 / $1 }' "$table" | sort -g | awk '{ v[NR] = $1 } END { printf "%.2f", v[int((NR + 1) / 2)] }'); $rounds rounds"
echo "memory: $(awk '{ print ($4 - $3) / 1024 }' "$table" | median) MB on top of $(awk '{ print $3 / 1024 }' "$table" | median) MB (target 15), $(awk '{ print ($5 - $3) / 1024 }' "$table" | median) MB of it by Import-Module"
