using System.Collections.Immutable;

namespace TailSplit.Core.Model;

/// <summary>
/// The packets that a policy matches: those that enter the host by a bridge, and those with a source in its subnets.
/// </summary>
public sealed record PolicyTarget
{
    /// <summary>The Docker network's name; null if bridge or subnet were given by hand.</summary>
    public PolicyName? Network { get; init; }

    /// <summary>
    /// The bridge. Null if only a subnet is known: then packets with a foreign source or of the other family don't
    /// match.
    /// </summary>
    public InterfaceName? Bridge { get; init; }

    /// <summary>The subnets of the network, of either family.</summary>
    public required ImmutableArray<Cidr> Subnets { get; init; }

    /// <summary>The packets of a Docker network.</summary>
    /// <exception cref="TailSplitException">NetworkCannotHavePolicy.</exception>
    public static PolicyTarget Of(DockerNetwork network) => network.CanHavePolicy
        ? new PolicyTarget
        {
            Network = PolicyName.Parse(network.Name),
            Bridge = InterfaceName.Parse(network.Bridge!),
            Subnets = Cidr.Normalise(network.Prefixes),
        }
        : throw ModelFailures.NetworkCannotHavePolicy(network).ToException();

    /// <summary>
    /// The Docker network of the target among these: by its name, and by the bridge where two networks have one name.
    /// Null if none exists, or if several could be meant.
    /// </summary>
    public DockerNetwork? FindIn(IEnumerable<DockerNetwork> networks)
    {
        if (Network is not PolicyName name)
            return null;

        DockerNetwork[] named = [.. networks.Where(network => network.Name == name.ToString())];
        return named.Length == 1
            ? named[0]
            : named.FirstOrDefault(network => network.Bridge is not null && network.Bridge == Bridge?.ToString());
    }

    /// <summary>Whether the target is this network, by its name and its bridge.</summary>
    public bool IsOn(DockerNetwork network) =>
        network.Name == Network?.ToString() && network.Bridge is not null && network.Bridge == Bridge?.ToString();

    public IEnumerable<Cidr> SubnetsOf(IpFamily family) => Subnets.Where(subnet => subnet.Family == family);

    /// <summary>Whether two targets match the same packet: by the same bridge, or by overlapping subnets.</summary>
    public bool Overlaps(PolicyTarget other)
    {
        if (Bridge is InterfaceName bridge && other.Bridge == bridge)
            return true;

        // Loops, since each policy of a long pipeline is compared with all others.
        foreach (Cidr mine in Subnets)
        {
            foreach (Cidr theirs in other.Subnets)
            {
                if (mine.Overlaps(theirs))
                    return true;
            }
        }

        return false;
    }

    public bool Equals(PolicyTarget? other) =>
        other is not null && Network == other.Network && Bridge == other.Bridge && Subnets.SequenceEqual(other.Subnets);

    public override int GetHashCode() => HashCode.Combine(Network, Bridge, Subnets.Length);

    public override string ToString() =>
        string.Join(
            ", ",
            Subnets.Select(subnet => subnet.ToString())
                .Append(Bridge?.ToString() ?? "")
                .Where(part => part.Length > 0));
}
