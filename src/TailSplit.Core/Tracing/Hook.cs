namespace TailSplit.Core.Tracing;

/// <summary>Where the kernel asks the chains of the firewall (linux/netfilter.h, nf_inet_hooks).</summary>
internal enum Hook
{
    Prerouting,
    Input,
    Forward,
    Postrouting,
}
