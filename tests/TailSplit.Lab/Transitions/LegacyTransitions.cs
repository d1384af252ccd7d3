using TailSplit.Lab.Attacks;

namespace TailSplit.Lab.Transitions;

/// <summary>The tests that share a lab on iptables-legacy, one after another.</summary>
[CollectionDefinition]
public sealed class LegacyTransitions : ICollectionFixture<LegacyAttackLab>;
