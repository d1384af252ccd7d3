using TailSplit.Core.Diagnosis;
using TailSplit.Core.Iptables;
using TailSplit.Core.Model;
using TailSplit.Execution.Firewall;

namespace TailSplit.Execution.Hosts;

/// <summary>The host with all its rules, and everything else about it.</summary>
/// <param name="State">Rules, routes, interfaces.</param>
/// <param name="Environment">The rest, and a summary of the former.</param>
/// <param name="Hidden">The rules of the other iptables store, as far as they can be seen.</param>
/// <param name="HiddenStore">Which store that is.</param>
internal sealed record HostReading(
    HostState State,
    HostEnvironment Environment,
    IReadOnlyDictionary<IpFamily, SavedRuleset> Hidden,
    IptablesVariant HiddenStore);
