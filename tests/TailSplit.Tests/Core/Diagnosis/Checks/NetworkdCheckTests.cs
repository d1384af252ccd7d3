using TailSplit.Tests.Fakes;
using Xunit;

namespace TailSplit.Tests.Core.Diagnosis.Checks;

public sealed class NetworkdCheckTests
{
    [Fact]
    public void Networkd_is_trouble_only_for_a_policy()
    {
        static void Active(FakeHost host) => host.Systemd.ActiveUnits.Add("systemd-networkd.service");

        Assert.Empty(Snapshots.Of(Snapshots.Nothing, Active).Troubles());
        Assert.Equal(["Networkd Warn"], Snapshots.Healthy(Active).Troubles());
    }
}
