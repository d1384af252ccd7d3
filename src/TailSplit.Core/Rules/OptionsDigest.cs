using System.Globalization;
using TailSplit.Core.Model;

namespace TailSplit.Core.Rules;

/// <summary>
/// Eight hexadecimal digits over a policy's options. It stands in the comment of the rules by which packets enter the
/// policy, so that it shows if the only rule which says an option has gone.
/// </summary>
internal static class OptionsDigest
{
    public static string Of(Policy policy)
    {
        string options = policy switch
        {
            KillswitchPolicy killswitch => string.Create(
                CultureInfo.InvariantCulture,
                $"{killswitch.Action} {killswitch.AllowPublishedPort} {killswitch.BlockHost} {string.Join(',', killswitch.AllowDestination)}{Dns(killswitch)}"),
            BypassPolicy bypass => $"{bypass.Mechanism} {string.Join(',', bypass.Exclude)}",
            _ => throw new ArgumentOutOfRangeException(nameof(policy)),
        };
        return ShortDigest.Of($"{policy.Tunnel} {options}");
    }

    // Nothing where it was not asked for, so that the policies of earlier versions keep their digest.
    private static string Dns(KillswitchPolicy policy) =>
        policy.DnsServer.IsEmpty ? "" : $" dns {string.Join(',', policy.DnsServer)}";
}
