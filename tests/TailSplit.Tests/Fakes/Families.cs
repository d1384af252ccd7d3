using TailSplit.Core.Model;

namespace TailSplit.Tests.Fakes;

/// <summary>Both families, in their order.</summary>
internal static class Families
{
    public static IReadOnlyList<IpFamily> All { get; } = [IpFamily.IPv4, IpFamily.IPv6];
}
