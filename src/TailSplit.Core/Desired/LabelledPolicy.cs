using System.Collections.Immutable;
using TailSplit.Core.Model;

namespace TailSplit.Core.Desired;

/// <summary>What the labels of one network ask for.</summary>
/// <param name="Network">The network.</param>
/// <param name="Policy">The policy; null where there is none to be had.</param>
/// <param name="Failures">What is wrong with the labels.</param>
internal sealed record LabelledPolicy(DockerNetwork Network, Policy? Policy, ImmutableArray<Failure> Failures)
{
    /// <summary>
    /// The killswitch that is wanted, and of which what is in force stays: no new one can hold on its network.
    /// </summary>
    public PolicyName? Held { get; init; }

    /// <summary>What becomes of a network whose labels are wrong, as the end of a sentence.</summary>
    public static string Consequence(PolicyKind? kind) => kind == PolicyKind.Killswitch
        ? "it is closed, with the strictest options"
        : "it gets no policy";

    /// <summary>
    /// The same network without the name that it wanted: closed under another if it is to be closed, else left out.
    /// </summary>
    public LabelledPolicy Renamed(PolicyName name, Func<string, Failure> failure) => this with
    {
        Policy = Policy is KillswitchPolicy killswitch ? killswitch with { Name = name } : null,
        Failures = Failures.Add(failure(Consequence(Policy?.Kind))),
    };
}
