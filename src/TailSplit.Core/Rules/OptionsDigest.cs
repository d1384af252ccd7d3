using System.Globalization;
using TailSplit.Core.Model;
using TailSplit.Core.Options;

namespace TailSplit.Core.Rules;

/// <summary>
/// Eight hexadecimal digits over a policy's options. The comments of the rules by which packets enter the policy have
/// it, so a missing rule is noticed even if it alone stated an option.
/// </summary>
internal static class OptionsDigest
{
    public static string Of(Policy policy)
    {
        string options = policy switch
        {
            KillswitchPolicy killswitch => string.Create(
                CultureInfo.InvariantCulture,
                $"{killswitch.Action} {killswitch.AllowPublishedPort} {killswitch.BlockHost} " +
                $"{string.Join(',', killswitch.AllowDestination)}"),
            BypassPolicy bypass => $"{bypass.Mechanism} {string.Join(',', bypass.Exclude)}",
            _ => throw new ArgumentOutOfRangeException(nameof(policy)),
        };
        return ShortDigest.Of($"{policy.Tunnel} {options}{string.Concat(Later(policy))}");
    }

    // Options of later versions add nothing unless they are set, so policies of earlier versions keep their digest.
    private static IEnumerable<string> Later(Policy policy) => PolicyOptions.Of(policy.Kind)
        .Where(option => option.DigestWord is not null && !option.IsDefault(policy))
        .Select(option => $" {option.DigestWord} {option.Digested(policy)}");
}
