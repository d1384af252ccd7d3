using System.Collections.Immutable;
using TailSplit.Core.Model;

namespace TailSplit.Core.Desired;

/// <summary>The policy that the labels of one network request.</summary>
/// <param name="Network">The network.</param>
/// <param name="Policy">The policy; null for none.</param>
/// <param name="Failures">What is wrong with the labels.</param>
internal sealed record LabelledPolicy(DockerNetwork Network, Policy? Policy, ImmutableArray<Failure> Failures)
{
    /// <summary>
    /// The wanted killswitch whose rules in force stay, since its network can't have a new one.
    /// </summary>
    public PolicyName? Held { get; init; }

    /// <summary>The consequence for a network with wrong labels, as the end of a sentence.</summary>
    public static string Consequence(PolicyKind? kind) => kind == PolicyKind.Killswitch
        ? "it is closed, with the strictest options"
        : "it gets no policy";

    /// <summary>
    /// The same network without the name that it claimed: a killswitch gets another name, a bypass is left out.
    /// </summary>
    public LabelledPolicy Renamed(PolicyName name, Func<string, Failure> failure) => this with
    {
        Policy = Policy is KillswitchPolicy killswitch ? killswitch with { Name = name } : null,
        Failures = Failures.Add(failure(Consequence(Policy?.Kind))),
    };
}
