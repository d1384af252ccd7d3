using System.Collections.Immutable;
using TailSplit.Core.Errors;
using TailSplit.Core.Model;

namespace TailSplit.Core.Desired;

/// <summary>
/// The policies that the labels of all networks of a host request. An error affects only its own network, except for
/// names that two networks claim.
/// </summary>
public static class LabelledNetworks
{
    /// <param name="networks">All networks of the host.</param>
    /// <param name="tunnel">The Tailscale interface, for those that name none.</param>
    /// <param name="whyNoTunnel">Why an interface can't be the tunnel; null if it can.</param>
    public static DesiredPolicies Read(
        IEnumerable<DockerNetwork> networks, InterfaceName tunnel, Func<InterfaceName, string?>? whyNoTunnel = null)
    {
        DockerNetwork[] all = [.. networks
            .OrderBy(network => network.Name, StringComparer.Ordinal)
            .ThenBy(network => network.Id, StringComparer.Ordinal)];
        HashSet<string> names = [.. all.Select(network => network.Name)];
        List<LabelledPolicy> readings = [];
        List<string> warnings = [];
        foreach (DockerNetwork network in all)
        {
            if (LabelReader.Read(network, tunnel, whyNoTunnel ?? (_ => null)) is not LabelledPolicy reading)
                continue;

            if (network is { Internal: true, Engine: ContainerEngine.Docker }
                && network.Labels.GetValueOrDefault(PolicyLabels.Policy) == "killswitch")
                warnings.Add($"The network '{network.Name}' is internal: Docker lets nothing out, so its killswitch " +
                    "has nothing to do.");
            else
                readings.Add(reading);
        }

        readings = [.. readings.Select(reading => WithoutNameOfAnother(reading, names))];
        readings = [.. Apart(readings, reading => PolicyName.Parse(reading.Network.Name))];
        // Old engines can have two networks of one name.
        readings = [.. Apart(readings, reading => PolicyName.Parse(reading.Network.ShortId))];
        return new DesiredPolicies
        {
            Policies = [.. readings.Select(reading => reading.Policy).OfType<Policy>()],
            Held = [.. readings.Select(reading => reading.Held).OfType<PolicyName>()],
            Failures = [.. readings.SelectMany(reading => reading.Failures)],
            Warnings = [.. warnings],
        };
    }

    private static LabelledPolicy WithoutNameOfAnother(LabelledPolicy reading, HashSet<string> names)
    {
        string? name = reading.Policy?.Name.ToString();
        return name is null || name == reading.Network.Name || !names.Contains(name)
            ? reading
            : reading.Renamed(
                PolicyName.Parse(reading.Network.Name),
                consequence => Failures.LabelNamesAnotherNetwork(reading.Network, name, consequence));
    }

    // A name that two networks claim belongs to neither, since the result must not depend on their order.
    private static IEnumerable<LabelledPolicy> Apart(
        IReadOnlyCollection<LabelledPolicy> readings, Func<LabelledPolicy, PolicyName> otherName)
    {
        Dictionary<PolicyName, LabelledPolicy[]> rivals = readings
            .Where(reading => reading.Policy is not null)
            .GroupBy(reading => reading.Policy!.Name)
            .Where(claims => claims.Count() > 1)
            .ToDictionary(claims => claims.Key, claims => claims.ToArray());
        return readings.Select(
            reading => reading.Policy is Policy policy && rivals.TryGetValue(policy.Name, out LabelledPolicy[]? claims)
            ? reading.Renamed(otherName(reading), consequence => Failures.LabelsClaimOneName(
                reading.Network, policy.Name.ToString(),
                string.Join(", ", claims.Where(claim => claim != reading).Select(claim => $"'{claim.Network.Name}'")),
                consequence))
            : reading);
    }
}
