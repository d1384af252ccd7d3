using TailSplit.Core.Diagnosis;

namespace TailSplit.Execution.Firewall;

/// <summary>The programs by which the rules of one family are read and written.</summary>
/// <param name="Variant">What they are called.</param>
/// <param name="Store">Where they keep the rules, by their own word; null where nothing says it.</param>
public sealed record FirewallTools(IptablesVariant Variant, FirewallStore? Store)
{
    /// <summary>Those that <c>iptables</c> means, before anything has been asked.</summary>
    public static FirewallTools Unknown { get; } = new(IptablesVariant.Default, null);
}
