namespace TailSplit.Lab.Options;

/// <summary>The tests that share one lab, one after another; each sets Tailscale's state first.</summary>
[CollectionDefinition]
public sealed class SharedOptionsLab : ICollectionFixture<OptionsLab>;
