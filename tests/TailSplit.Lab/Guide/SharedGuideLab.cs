namespace TailSplit.Lab.Guide;

/// <summary>The guide's tests share one lab, one after another; each brings and takes away the guide's rules.</summary>
[CollectionDefinition]
public sealed class SharedGuideLab : ICollectionFixture<GuideLab>;
