using TailSplit.Core.Model;

namespace TailSplit.Core.Tracing.Xtables;

/// <summary>
/// The rules of a chain by the host addresses that they name as their destinations. A host with thousands of services
/// has a rule for each, but a packet needs only the rules of its own destination.
/// </summary>
internal sealed class DestinationIndex
{
    private readonly IReadOnlyList<TraceRule> _rules;
    private readonly int[] _others;
    private readonly TraceRule[] _otherRules;
    private readonly Dictionary<Cidr, List<int>> _byDestination = [];

    /// <param name="rules">The rules in order.</param>
    /// <param name="destinations">The hosts that a rule matches; null for a rule that is compared with every
    /// packet.</param>
    public DestinationIndex(IReadOnlyList<TraceRule> rules, Func<int, IReadOnlyCollection<Cidr>?> destinations)
    {
        _rules = rules;
        List<int> others = [];
        for (int i = 0; i < rules.Count; i++)
        {
            if (destinations(i) is not IReadOnlyCollection<Cidr> hosts)
            {
                others.Add(i);
                continue;
            }

            foreach (Cidr host in hosts)
            {
                if (_byDestination.TryGetValue(host, out List<int>? known))
                    known.Add(i);
                else
                    _byDestination[host] = [i];
            }
        }

        _others = [.. others];
        _otherRules = [.. others.Select(index => rules[index])];
    }

    /// <summary>The hosts that the rules match; null if a rule is compared with every packet.</summary>
    public IReadOnlyCollection<Cidr>? Destinations => _others.Length == 0 ? _byDestination.Keys : null;

    public IEnumerable<TraceRule> For(Packet packet) =>
        _byDestination.Count > 0 && _byDestination.TryGetValue(Cidr.Of(packet.Destination), out List<int>? named)
            ? _others.Concat(named).Order().Select(index => _rules[index])
            : _otherRules;
}
