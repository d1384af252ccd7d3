using TailSplit.Core.Model;
using TailSplit.Core.Rules;

namespace TailSplit.Core.Iptables;

/// <summary>
/// The names of TailSplit's own chains: a prefix of TailSplit's, then the policy's name, in 28 characters at most.
/// </summary>
public static class OwnChains
{
    public const string Killswitch = "TAILSPLIT-KILLSWITCH";
    public const string Host = "TAILSPLIT-HOST";
    public const string Nat = "TAILSPLIT-NAT";
    public const string Bypass = "TAILSPLIT-BYPASS";
    public const string Dns = "TAILSPLIT-DNS";
    public const string Mss = "TAILSPLIT-MSS";

    private const string HookPrefix = "TAILSPLIT-";
    private const string KillswitchPrefix = "TSK-";
    private const string BypassPrefix = "TSB-";

    // XT_EXTENSION_MAXNAMELEN is 29 with the terminator (linux/netfilter/x_tables.h).
    private const int Longest = 28;
    private const int HashLength = 8;

    // No policy name has a slash.
    private const string BridgeSuffix = "/in";

    public static bool IsOwn(ReadOnlySpan<char> chain) =>
        chain.StartsWith(HookPrefix) || chain.StartsWith(KillswitchPrefix) || chain.StartsWith(BypassPrefix);

    /// <summary>
    /// The chain of one policy: a name that is too long is cut and gets a hash of the whole, after a character that no
    /// policy name can have.
    /// </summary>
    public static string Of(PolicyKind kind, PolicyName name) => Fit(kind, name, Longest);

    /// <summary>
    /// The chain of the packets that come in by the bridge of a policy, before the policy's own chain.
    /// </summary>
    public static string OfBridge(PolicyKind kind, PolicyName name) =>
        Fit(kind, name, Longest - BridgeSuffix.Length) + BridgeSuffix;

    /// <summary>Whether it is a chain of the packets of one bridge.</summary>
    public static bool IsOfBridge(ReadOnlySpan<char> chain) => IsOwn(chain) && chain.EndsWith(BridgeSuffix);

    private static string Fit(PolicyKind kind, PolicyName name, int longest)
    {
        string prefix = kind == PolicyKind.Killswitch ? KillswitchPrefix : BypassPrefix;
        string text = name.ToString();
        if (prefix.Length + text.Length <= longest)
            return prefix + text;

        string tail = ShortDigest.Of(text);
        return string.Concat(prefix, text.AsSpan(0, longest - prefix.Length - HashLength - 1), "~", tail);
    }
}
