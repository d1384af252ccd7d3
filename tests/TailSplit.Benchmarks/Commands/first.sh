#!/usr/bin/env bash
# The first and the second New-TailSplitKillswitch -WhatIf of a new pwsh, and what of it is just-in-time compilation.
set -euo pipefail
rounds=${1:-11}
module=${TAILSPLIT_BENCHMARK_MODULE:-$(realpath "$(dirname "$0")/../../../TailSplit.psd1")}
script="Import-Module '$module'
\$work = { \$null = New-TailSplitKillswitch -Subnet 10.200.1.0/24 -Bridge br-0123456789ab -WhatIf *>&1 }
\$times = foreach (\$i in 1, 2, 3) {
    \$jit, \$methods = [Runtime.JitInfo]::GetCompilationTime().TotalMilliseconds, [Runtime.JitInfo]::GetCompiledMethodCount()
    \$watch = [Diagnostics.Stopwatch]::StartNew(); & \$work
    \$watch.Elapsed.TotalMilliseconds; [Runtime.JitInfo]::GetCompilationTime().TotalMilliseconds - \$jit; [Runtime.JitInfo]::GetCompiledMethodCount() - \$methods
}
\$times -join ' '"
for ((i = 0; i <= rounds; i++)); do
    line=$(pwsh -NoProfile -NonInteractive -Command "$script" | tail -n 1)
    [ "$i" -eq 0 ] || echo "$line"
done | awk '{ for (f = 1; f <= NF; f++) v[f, NR] = $f }
    function median(f,   i, j, t, a) { for (i = 1; i <= NR; i++) a[i] = v[f, i]; for (i = 1; i <= NR; i++) for (j = i + 1; j <= NR; j++) if (a[j] < a[i]) { t = a[i]; a[i] = a[j]; a[j] = t } return a[int((NR + 1) / 2)] }
    END { printf "first -WhatIf: %.0f ms, %.0f ms of it compile %d methods; second: %.0f ms (%.0f ms, %d); third: %.0f ms (%.0f ms, %d); %d rounds\n",
        median(1), median(2), median(3), median(4), median(5), median(6), median(7), median(8), median(9), NR }'
