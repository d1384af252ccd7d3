using TailSplit.Core.Diagnosis.Checks;
using Xunit;

namespace TailSplit.Tests.Core.Diagnosis;

public sealed class DoctorTests
{
    [Fact]
    public void Checks_have_names_of_their_own() =>
        Assert.Equal(Doctor.Checks.Length, Doctor.Checks.Select(check => check.Name).Distinct().Count());
}
