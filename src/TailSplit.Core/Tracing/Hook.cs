namespace TailSplit.Core.Tracing;

/// <summary>The hooks at which the kernel runs chains of the firewall (linux/netfilter.h, nf_inet_hooks).</summary>
internal enum Hook
{
    Prerouting,
    Input,
    Forward,
    Postrouting,
}
