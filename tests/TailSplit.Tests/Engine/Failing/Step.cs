using TailSplit.Core.Model;
using TailSplit.Execution.Programs;

namespace TailSplit.Tests.Engine.Failing;

/// <summary>A step of a transaction that can fail.</summary>
/// <param name="Calls">The calls of it.</param>
/// <param name="Name">As an error names it.</param>
internal sealed record Step(Func<ProgramCall, bool> Calls, string Name)
{
    public static IReadOnlyDictionary<string, Step> All { get; } = new Dictionary<string, Step>
    {
        ["test v4"] = new(Fakes.Calls.Test(IpFamily.IPv4), "test iptables-restore"),
        ["test v6"] = new(Fakes.Calls.Test(IpFamily.IPv6), "test ip6tables-restore"),
        ["restore v4"] = new(Fakes.Calls.Restore(IpFamily.IPv4), "iptables-restore"),
        ["restore v6"] = new(Fakes.Calls.Restore(IpFamily.IPv6), "ip6tables-restore"),
        ["batch v4"] = new(Fakes.Calls.Batch(IpFamily.IPv4), "ip -4 rule"),
        ["batch v6"] = new(Fakes.Calls.Batch(IpFamily.IPv6), "ip -6 rule"),
    };
}
