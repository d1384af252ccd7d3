using System.Collections.Immutable;
using TailSplit.Core.Hosts;

namespace TailSplit.Core.Diagnosis.Checks;

/// <summary>
/// All checks, in the order of their output: the host from the bottom up, then the policies.
/// </summary>
public static class Doctor
{
    public static ImmutableArray<IHostCheck> Checks { get; } =
    [
        new TunnelDeviceCheck(),
        new ExitNodeCheck(),
        new TunnelTableCheck(),
        new RepliesCheck(),
        new ReversePathCheck(),
        new ForwardingCheck(),
        new MasqueradeCheck(),
        new StatefulFilteringCheck(),
        new DockerUserCheck(),
        new OtherIptablesCheck(),
        new GuideScriptCheck(),
        new TablesCheck(),
        new NetworkdCheck(),
        new MtuCheck(),
        new RulesCheck(),
        new ContractCheck(),
        new BridgeCheck(),
        new ForeignRulesCheck(),
        new MagicDnsCheck(),
        new EmbeddedDnsCheck(),
        new OtherNetworkCheck(),
        new PrivilegesCheck(),
        new PublishedPortsCheck(),
        new RebootCheck(),
    ];

    /// <summary>The results about the host first, then those of each policy together.</summary>
    public static IEnumerable<CheckResult> Examine(Host host) => ContractCheck
        .Explained([.. Checks.SelectMany(check => check.Run(host))])
        .OrderBy(result => result.Policy?.ToString() ?? "", StringComparer.Ordinal);
}
