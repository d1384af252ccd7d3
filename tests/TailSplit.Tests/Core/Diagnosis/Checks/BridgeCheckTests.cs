using TailSplit.Core.Hosts;
using TailSplit.Tests.Fakes;
using Xunit;

namespace TailSplit.Tests.Core.Diagnosis.Checks;

public sealed class BridgeCheckTests
{
    [Fact]
    public void A_network_that_is_gone_is_a_warning_and_its_policy_can_go()
    {
        Host host = Snapshots.Of("New-TailSplitBypass games", host => host.Remove(UsualHost.Games));

        Assert.Equal(["Bridge Warn games"], host.Troubles());
        Assert.Equal("Remove-TailSplitPolicy games", host.Result("Bridge", "games").Remedy);
    }
}
