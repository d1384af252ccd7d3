namespace TailSplit.Core.Iptables;

/// <summary>The programs that read and write the rules of one family.</summary>
/// <param name="Variant">The names of the programs.</param>
/// <param name="Store">The store that their <c>--version</c> names; null if it names none.</param>
public sealed record FirewallTools(IptablesVariant Variant, FirewallStore? Store)
{
    /// <summary>The default programs, whose store is not known yet.</summary>
    public static FirewallTools Unknown { get; } = new(IptablesVariant.Default, null);
}
