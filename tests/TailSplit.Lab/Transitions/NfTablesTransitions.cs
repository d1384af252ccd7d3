using TailSplit.Lab.Attacks;

namespace TailSplit.Lab.Transitions;

/// <summary>The tests that share a lab on nf_tables, one after another.</summary>
[CollectionDefinition]
public sealed class NfTablesTransitions : ICollectionFixture<NfTablesAttackLab>;
