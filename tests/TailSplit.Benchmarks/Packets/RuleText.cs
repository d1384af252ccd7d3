namespace TailSplit.Benchmarks.Packets;

/// <summary>IPv4 rules as the kernel's tools take them.</summary>
/// <param name="Sets">For <c>ipset restore</c>.</param>
/// <param name="Restore">For <c>iptables-restore --noflush</c>.</param>
/// <param name="Batch">For <c>ip -batch</c>.</param>
internal sealed record RuleText(IReadOnlyList<string> Sets, IReadOnlyList<string> Restore, IReadOnlyList<string> Batch);
