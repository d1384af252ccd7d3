namespace TailSplit.Lab.Options;

/// <summary>The tests that share one lab with policies in nftables, one after another.</summary>
[CollectionDefinition]
public sealed class SharedOwnTableOptionsLab : ICollectionFixture<OwnTableOptionsLab>;
