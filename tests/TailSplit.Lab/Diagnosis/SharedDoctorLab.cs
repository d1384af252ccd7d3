namespace TailSplit.Lab.Diagnosis;

/// <summary>The tests that share one lab, one after another; each leaves it healthy.</summary>
[CollectionDefinition]
public sealed class SharedDoctorLab : ICollectionFixture<DoctorLab>;
