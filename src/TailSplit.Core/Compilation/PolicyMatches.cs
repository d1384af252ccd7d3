using TailSplit.Core.Model;
using TailSplit.Core.Rules;

namespace TailSplit.Core.Compilation;

/// <summary>How the firewall matches a policy's packets.</summary>
internal static class PolicyMatches
{
    /// <summary>The bridge first, since no container can forge it, then the subnets.</summary>
    public static IEnumerable<PacketMatch> Of(PolicyTarget target, IpFamily family)
    {
        if (target.Bridge is InterfaceName bridge)
            yield return new PacketMatch { In = bridge };

        foreach (Cidr subnet in target.SubnetsOf(family))
            yield return new PacketMatch { Source = subnet };
    }
}
