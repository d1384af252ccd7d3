using TailSplit.Tests.Engine.Hosting;
using Xunit;

namespace TailSplit.Tests.Engine;

public sealed class SessionTests
{
    [Fact]
    public void A_pipeline_of_networks_becomes_policies_and_leaves_no_trace_when_they_are_removed()
    {
        using Session session = new();
        string before = session.Host.Rules;

        Answer made = session.Run(
            "Get-DockerNetwork media | New-TailSplitBypass; Get-DockerNetwork torrents | New-TailSplitKillswitch")
            .AssertNoErrors();
        Answer policies = session.Run("Get-TailSplitPolicy").AssertNoErrors();
        session.Run("Remove-TailSplitPolicy *").AssertNoErrors();

        Assert.NotEmpty(made.Rules);
        Assert.Equal(["media", "torrents"], policies.Policies.Select(policy => policy.Name));
        Assert.Equal(before, session.Host.Rules);
    }
}
