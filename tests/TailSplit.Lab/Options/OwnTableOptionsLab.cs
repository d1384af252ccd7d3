namespace TailSplit.Lab.Options;

/// <summary>The same with policies in nftables.</summary>
public sealed class OwnTableOptionsLab() : OptionsLab(new() { Backend = FirewallBackend.Nftables });
