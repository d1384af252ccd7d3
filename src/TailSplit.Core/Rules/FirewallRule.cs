using TailSplit.Core.Model;

namespace TailSplit.Core.Rules;

/// <summary>
/// What the firewall is to do with some packets, for one policy: the intent. A backend's dialect says how it is
/// written (<see cref="Rule"/>).
/// </summary>
/// <param name="Family">The address family.</param>
/// <param name="Stage">Where on the packet's way.</param>
/// <param name="Match">Which packets.</param>
/// <param name="Verdict">What is done.</param>
/// <param name="Owner">The policy that it stands for; null if several policies share it.</param>
public sealed record FirewallRule(
    IpFamily Family, FirewallStage Stage, PacketMatch Match, FirewallVerdict Verdict, RuleOwner? Owner)
{
    /// <summary>
    /// The rule stands in the policy's own chain, where only packets come that an entry rule sent there
    /// (<see cref="FirewallVerdict.EnterPolicy"/>); else among the rules that all packets of the stage meet.
    /// </summary>
    public bool IsInPolicyChain { get; init; }
}
