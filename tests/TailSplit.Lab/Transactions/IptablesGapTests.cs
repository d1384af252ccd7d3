namespace TailSplit.Lab.Transactions;

/// <summary>The same, and what iptables by hand does instead.</summary>
public abstract class IptablesGapTests(GapLab lab) : GapTests(lab)
{
    [Fact]
    public async Task Deleting_and_inserting_the_same_rules_leaks()
    {
        await Start();
        using Flood flood = Gap.Flood();
        await Control(flood);
        await Gap.InsertGuideRules();
        try
        {
            await Gap.Lab.Leaks.Reset();
            await flood.SendMore(Enough);
            Assert.Equal(LeakCount.None, await Gap.Lab.Leaks.Count());

            await Measure("delete, then insert", flood, Math.Max(8, GapLab.Rounds / 4), async rounds =>
            {
                for (int round = 0; round < rounds; round++)
                {
                    await Gap.DeleteAndInsert();
                }
            });
            Assert.True((await Gap.Lab.Leaks.Count()).Total > 0);
        }
        finally
        {
            await Gap.DeleteGuideRules();
        }
    }
}
