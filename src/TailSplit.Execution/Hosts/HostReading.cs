using TailSplit.Core.Diagnosis;
using TailSplit.Core.Iptables;
using TailSplit.Core.Model;
using TailSplit.Execution.Firewall;

namespace TailSplit.Execution.Hosts;

/// <summary>The host with all its rules, and its environment.</summary>
/// <param name="State">Rules, routes, interfaces.</param>
/// <param name="Environment">Docker, Tailscale and kernel settings, and a summary of the state.</param>
/// <param name="Hidden">The rules of the other iptables store, as far as they can be read.</param>
/// <param name="HiddenStore">Which store that is.</param>
internal sealed record HostReading(
    HostState State,
    HostEnvironment Environment,
    IReadOnlyDictionary<IpFamily, SavedRuleset> Hidden,
    IptablesVariant HiddenStore);
