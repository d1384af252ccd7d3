
namespace TailSplit.Lab.Transactions;

/// <summary>
/// No gap, counted: what a closed container gets out under a flood while policies are applied again and again. The exit
/// node is off, so nothing but the killswitch holds packets back. Alone on the machine: a flood takes a processor of
/// its own.
/// </summary>
public abstract class GapTests(GapLab lab)
{
    protected const int Enough = 2000;

    protected GapLab Gap => lab;

    // A foreign rule before ours, which sends everything to the ISP and so takes our routing layer out of the way.
    private string OverrideRouting => $"rule add pref 90 iif {lab.TorrentsNetwork.Bridge} lookup main";

    [Fact]
    public async Task Applying_again_and_again_lets_nothing_past_either_layer()
    {
        await Start();
        await using PastRouting routed = await PastRouting.Watch(lab.Lab.Host, lab.TorrentsNetwork.Bridge);
        using Flood flood = lab.Flood();
        await Control(flood);
        Assert.True(
            await routed.Count() > Enough / 2,
            "Routing let nothing through before there was a policy, so the test is void.");

        await lab.Close();
        await lab.Lab.Leaks.Reset();
        long before = await routed.Count();
        await Measure("both layers", flood, GapLab.Rounds, lab.ApplyAgain);
        long passed = await routed.Count() - before;
        LeakCount leaks = await lab.Lab.Leaks.Count();
        Assert.True(leaks.Total == 0, $"Leaked: {leaks}");
        Assert.True(passed == 0, $"Routing alone let {passed} packets through, which the firewall stopped.");
    }

    [Fact]
    public async Task Applying_again_and_again_lets_nothing_past_the_firewall_alone()
    {
        await Start();
        using Flood flood = lab.Flood();
        await Control(flood);
        await lab.Close();
        await using PastRouting routed = await PastRouting.Watch(lab.Lab.Host, lab.TorrentsNetwork.Bridge);
        await Route(OverrideRouting);
        try
        {
            await lab.Lab.Leaks.Reset();
            await Measure("the firewall alone", flood, GapLab.Rounds / 2, lab.ApplyAgain);
            LeakCount leaks = await lab.Lab.Leaks.Count();
            Assert.True(leaks.Total == 0, $"Leaked: {leaks}");
            Assert.True(await routed.Count() > Enough, "Routing held all of it back, so the test is void.");
        }
        finally
        {
            await Route(OverrideRouting.Replace(" add ", " del ", StringComparison.Ordinal));
        }
    }

    protected async Task Start()
    {
        await lab.Lab.Tailscale.Set(new(ExitNode: false));
        await lab.Remove();
    }

    /// <summary>Without a policy the flood does reach the ISP, in both families.</summary>
    protected async Task Control(Flood flood)
    {
        LeakCount control = await lab.Lab.Leaks.During(() => flood.SendMore(2 * Enough));
        Assert.True(
            control.V6 > 0 && control.Total > control.V6, $"The control saw no leak, so the test is void: {control}");
    }

    protected async Task Measure(string what, Flood flood, int rounds, Func<int, Task> work)
    {
        long sent = flood.Sent;
        long start = TimeProvider.System.GetTimestamp();
        await work(rounds);
        await flood.SendMore(Enough);
        TimeSpan took = TimeProvider.System.GetElapsedTime(start);
        LeakCount leaks = await lab.Lab.Leaks.Count();
        sent = flood.Sent - sent;
        TestContext.Current.TestOutputHelper?.WriteLine(
            $"{GetType().Name}, {what}: {rounds} rounds in {took.TotalSeconds:0.0} s, {sent} packets sent " +
            $"({sent / took.TotalSeconds:0} a second), {leaks.Total} leaked ({leaks.V6} of them IPv6)");
    }

    private async Task Route(string line)
    {
        await lab.Lab.Host.Ip(line, "-4");
        await lab.Lab.Host.Ip(line, "-6");
    }
}

[CollectionDefinition(nameof(SharedNfTablesGapLab), DisableParallelization = true)]
public sealed class SharedNfTablesGapLab : ICollectionFixture<NfTablesGapLab>;

[CollectionDefinition(nameof(SharedLegacyGapLab), DisableParallelization = true)]
public sealed class SharedLegacyGapLab : ICollectionFixture<LegacyGapLab>;

[CollectionDefinition(nameof(SharedOwnTableGapLab), DisableParallelization = true)]
public sealed class SharedOwnTableGapLab : ICollectionFixture<OwnTableGapLab>;

[Collection(nameof(SharedNfTablesGapLab))]
public sealed class NfTablesGapTests(NfTablesGapLab lab) : IptablesGapTests(lab);

[Collection(nameof(SharedLegacyGapLab))]
public sealed class LegacyGapTests(LegacyGapLab lab) : IptablesGapTests(lab);

[Collection(nameof(SharedOwnTableGapLab))]
public sealed class OwnTableGapTests(OwnTableGapLab lab) : GapTests(lab);
