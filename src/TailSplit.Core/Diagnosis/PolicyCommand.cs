using System.Globalization;
using System.Text;
using TailSplit.Core.Model;
using TailSplit.Core.Tailscale;

namespace TailSplit.Core.Diagnosis;

/// <summary>
/// The command that puts a policy in force as it is, whatever has become of its rules and its network.
/// </summary>
internal static class PolicyCommand
{
    /// <param name="policy">The policy.</param>
    /// <param name="rulePreference">Where the ip rules of all policies are to begin; null where they stay.</param>
    public static string Apply(Policy policy, int? rulePreference = null)
    {
        StringBuilder text = new();
        text.Append(policy.Kind == PolicyKind.Bypass ? "New-TailSplitBypass" : "New-TailSplitKillswitch");
        if (policy.Target.Network is PolicyName network)
        {
            text.Append($" {network}");
            if (policy.Name != network)
                text.Append($" -Name {policy.Name}");
        }
        else
        {
            Add(text, "Subnet", policy.Target.Subnets);
            if (policy.Target.Bridge is InterfaceName bridge)
                text.Append($" -Bridge {bridge}");

            text.Append($" -Name {policy.Name}");
        }

        if (policy.Tunnel != TunnelNames.Usual)
            text.Append($" -TunnelInterface {policy.Tunnel}");

        // Auto keeps the backend of a policy in force, so that only another one has to be said.
        if (policy.Backend == FirewallBackend.Nftables)
            text.Append(" -FirewallBackend Nftables");

        switch (policy)
        {
            case KillswitchPolicy killswitch:
                Add(text, "AllowDestination", killswitch.AllowDestination);
                text.Append(killswitch.DnsServer.IsEmpty ? "" : $" -DnsServer {string.Join(", ", killswitch.DnsServer.Select(server => server.Address))}");
                text.Append(killswitch.AllowPublishedPort ? " -AllowPublishedPort" : "");
                text.Append(killswitch.Action == BlockAction.Drop ? "" : $" -Action {killswitch.Action}");
                text.Append(killswitch.BlockHost ? " -BlockHost" : "");
                break;
            case BypassPolicy bypass:
                Add(text, "Exclude", bypass.Exclude);
                text.Append(bypass.Mechanism == Mechanism.Mark ? "" : $" -Mechanism {bypass.Mechanism}");
                break;
        }

        if (rulePreference is int place)
            text.Append(CultureInfo.InvariantCulture, $" -RulePreference {place}");

        return text.Append(" -Force").ToString();
    }

    private static void Add(StringBuilder text, string option, IReadOnlyCollection<Cidr> values)
    {
        if (values.Count > 0)
            text.Append($" -{option} {string.Join(", ", values)}");
    }
}
