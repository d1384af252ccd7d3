using TailSplit.Core.Model;
using TailSplit.Tests.Core.Generators;
using Xunit;

namespace TailSplit.Tests.Core.Goldens;

/// <summary>The four shapes that a target can have, by the name of their golden file.</summary>
internal static class GoldenTargets
{
    public const string DualStack = "dual-stack";
    public const string IPv4Only = "ipv4-only";
    public const string IPv6Only = "ipv6-only";
    public const string SubnetAlone = "subnet-alone";

    private const string Bridge = "br-0123456789ab";

    public static TheoryData<string> Names { get; } = [DualStack, IPv4Only, IPv6Only, SubnetAlone];

    public static PolicyTarget Of(string name) => name switch
    {
        DualStack => Samples.Network("media", Bridge, "172.18.0.0/16", "fd00:18::/64"),
        IPv4Only => Samples.Network("media", Bridge, "172.18.0.0/16"),
        IPv6Only => Samples.Network("media", Bridge, "fd00:18::/64"),
        SubnetAlone => Samples.Target(null, "172.18.0.0/16"),
        _ => throw new ArgumentOutOfRangeException(nameof(name)),
    };
}
