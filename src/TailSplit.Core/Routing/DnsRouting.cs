using TailSplit.Core.Model;
using TailSplit.Core.Rules;

namespace TailSplit.Core.Routing;

/// <summary>-DnsServer as ip rules, which hold while the firewall is flushed.</summary>
internal static class DnsRouting
{
    /// <param name="policy">The policy.</param>
    /// <param name="sender">Matches a sender of the network.</param>
    /// <param name="first">The preference of the way to the server; refused is at the next.</param>
    /// <param name="table">Tailscale's table.</param>
    public static IEnumerable<RoutingRule> Rules(KillswitchPolicy policy, RoutingRule sender, int first, int table)
    {
        if (policy.DnsServer.IsEmpty)
            yield break;

        foreach (ServicePort asked in ServicePort.NameQuestions)
        {
            RoutingRule question = sender with { IpProtocol = asked.Protocol, DestinationPort = asked.Port };
            if (policy.ServerOf(sender.Family) is Cidr server)
                yield return question with { Preference = first, To = server, Table = table };

            yield return question with { Preference = first + 1, Action = RoutingAction.Prohibit };
        }
    }
}
