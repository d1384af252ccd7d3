using TailSplit.Core.Iptables;
using TailSplit.Core.Model;
using TailSplit.Tests.Engine.Hosting;
using TailSplit.Tests.Fakes;
using Xunit;

namespace TailSplit.Tests.Engine.Failing;

/// <summary>Ctrl+C.</summary>
public sealed class StopTests
{
    [Theory]
    [InlineData("New-TailSplitKillswitch torrents")]
    [InlineData("Get-TailSplitPolicy")]
    [InlineData("Remove-TailSplitPolicy *")]
    public void A_program_that_never_ends_while_reading_is_left_and_nothing_is_written(string script)
    {
        using Session session = new();
        session.Host.Faults.Add(new Fault(Calls.Save(IpFamily.IPv6)) { Point = FaultPoint.Hang });

        Answer answer = session.RunAndStop(script);

        Assert.Empty(answer.Output);
        Assert.Empty(answer.Errors);
        Assert.Equal(0, session.Host.Writes);
    }

    [Fact]
    public void A_stopped_command_releases_the_lock()
    {
        using Session session = new(UsualHost.Create(IptablesVariant.Legacy));
        session.Host.Faults.Add(new Fault(Calls.Test(IpFamily.IPv4)) { Point = FaultPoint.Hang });
        session.RunAndStop("New-TailSplitKillswitch torrents");

        session.Run("New-TailSplitKillswitch torrents").AssertNoErrors();
    }
}
