using System.Globalization;
using System.Text;
using TailSplit.Core.Model;
using TailSplit.Core.Options;

namespace TailSplit.Core.Diagnosis;

/// <summary>
/// The command that applies a policy as it is, whatever the state of its rules and its network.
/// </summary>
internal static class PolicyCommand
{
    /// <param name="policy">The policy.</param>
    /// <param name="rulePreference">The new base preference of all policies; null if it stays.</param>
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
            if (!policy.Target.Subnets.IsEmpty)
                text.Append($" -Subnet {string.Join(", ", policy.Target.Subnets)}");

            if (policy.Target.Bridge is InterfaceName bridge)
                text.Append($" -Bridge {bridge}");

            text.Append($" -Name {policy.Name}");
        }

        if (policy.Tunnel != policy.Provider.Interface)
            text.Append($" -TunnelInterface {policy.Tunnel}");

        foreach (PolicyOption option in PolicyOptions.Of(policy.Kind).Where(option => !option.IsDefault(policy)))
            text.Append($" -{option.Name}{option.Argument(policy)}");

        if (rulePreference is int place)
            text.Append(CultureInfo.InvariantCulture, $" -RulePreference {place}");

        return text.Append(" -Force").ToString();
    }
}
