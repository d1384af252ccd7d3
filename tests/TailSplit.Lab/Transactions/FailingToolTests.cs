namespace TailSplit.Lab.Transactions;

/// <summary>
/// All or nothing, with the tools themselves: one change of three networks, in which each step in turn fails.
/// Afterwards the rules are exactly the old or exactly the new ones, and the killswitch that was in force was closed
/// throughout.
/// </summary>
public abstract class FailingToolTests(FaultLab lab)
{
    // Both families, all three tables and ip rules: other options, and two bypasses that become killswitches.
    private const string Change =
        "New-TailSplitKillswitch torrents, media, plain -Force -AllowPublishedPort -BlockHost -AllowDestination " +
        "10.0.0.20 | Out-Null";

    private const string Undo =
        "New-TailSplitBypass media, plain -Force | Out-Null\n" +
        "New-TailSplitKillswitch torrents -Force | Out-Null";

    private static readonly Dictionary<string, (string Calls, string Said)> s_steps = new()
    {
        ["test v4"] = ("^iptables-restore --test", "'test iptables-restore'"),
        ["test v6"] = ("^ip6tables-restore --test", "'test ip6tables-restore'"),
        ["firewall v4"] = ("^iptables-restore --noflush", "'iptables-restore'"),
        ["firewall v6"] = ("^ip6tables-restore --noflush", "'ip6tables-restore'"),
        ["routing v4"] = ("^ip -4 -batch", "'ip -4 rule'"),
        ["routing v6"] = ("^ip -6 -batch", "'ip -6 rule'"),
        ["nft"] = ("^nft -f", "'nft'"),
        ["reading nft"] = ("^nft -j list table", "'nft -j list table inet tailsplit'"),
        ["reading v4"] = ("^iptables-save", "'iptables-save -c'"),
        ["reading v6"] = ("^ip6tables-save", "'ip6tables-save -c'"),
        ["reading ip rules"] = ("^ip -6 -N -j rule show", "'ip -6 -N -j rule show'"),
    };

    protected async Task FailForGood(string step, FaultMode mode, int nth)
    {
        (string old, string wanted) = await Arrange();
        lab.Tools.Break(mode, s_steps[step].Calls, nth, onwards: true);
        await AllOrNothing(step, nth, old, wanted);
    }

    protected async Task NeitherDoneNorUndone(string step)
    {
        (string old, string wanted) = await Arrange();
        lab.Tools.Break(FaultMode.FailInTheMiddle, s_steps[step].Calls, onwards: true);
        ShellResult result = await lab.Shell.Run(Change);
        await lab.AssertClosed(step);
        string now = await lab.Lab.Snapshot();
        if (now != old && now != wanted)
        {
            Assert.Contains(FaultyTools.Complaint, result.Error, StringComparison.Ordinal);
            Assert.Contains("Restoring the earlier rules failed too", await Remedy(), StringComparison.Ordinal);
            IReadOnlyList<string> policies = await lab.Policies();
            if (!policies.Any(policy => policy.Contains(" Degraded: ", StringComparison.Ordinal)))
            {
                Assert.Fail(
                    $"{string.Join('\n', policies)}\nis said, and these rules are too many:\n" +
                    $"{string.Join('\n', now.Split('\n').Except(old.Split('\n')))}\nA bypass goes " +
                    $"{(await Lab.Ask(lab.Media, Place.Internet.V4)).Way}, " +
                    $"by IPv6 {(await Lab.Ask(lab.Media, Place.Internet.V6)).Way}");
            }
        }

        await Repair(wanted);
    }

    protected async Task FailOnce(string step, FaultMode mode, int nth, int lines)
    {
        (string old, string wanted) = await Arrange();
        lab.Tools.Break(mode, s_steps[step].Calls, nth, lines: lines);
        await AllOrNothing(step, nth, old, wanted);
    }

    private async Task<(string Old, string Wanted)> Arrange()
    {
        await lab.Begin();
        if (lab.OldAndWanted is null)
        {
            await lab.Run(Undo);
            string first = await lab.Lab.Snapshot();
            await lab.Run(Change);
            lab.OldAndWanted = (first, await lab.Lab.Snapshot());
        }

        (string old, string wanted) = lab.OldAndWanted.Value;
        Assert.NotEqual(old, wanted);
        await lab.Run(Undo);
        await lab.Lab.Leaks.Reset();
        Assert.Equal(old, await lab.Lab.Snapshot());
        return (old, wanted);
    }

    private async Task AllOrNothing(string step, int nth, string old, string wanted)
    {
        ShellResult result = await lab.Shell.Run(Change);
        Assert.True(
            lab.Tools.Matched >= nth,
            $"{step} was not called, so the test is void: {string.Join('\n', lab.Tools.Calls)}");
        await lab.AssertClosed(step);
        string now = await lab.Lab.Snapshot();
        if (result.Error.Length > 0)
        {
            Assert.Contains(FaultyTools.Complaint, result.Error, StringComparison.Ordinal);
            Assert.Contains(s_steps[step].Said, result.Error, StringComparison.Ordinal);
            Assert.NotEmpty(await Remedy());
            if (now != wanted)
            {
                Assert.Equal(old, now);
            }
        }
        else
        {
            // A tool that complains of what is done, or that could do the rest when asked again, is no failure.
            Assert.Equal(wanted, now);
        }

        TestContext.Current.TestOutputHelper?.WriteLine(
            $"{(now == old ? "old" : "new")}, {(result.Error.Length == 0 ? "no error" : result.Error.Trim())}");
    }

    private async Task Repair(string wanted)
    {
        lab.Tools.Heal();
        await lab.Run(Change);
        Assert.Equal(wanted, await lab.Lab.Snapshot());
        await lab.AssertClosed("repaired");
    }

    private async Task<string> Remedy() =>
        (await lab.Shell.Run("$Error[0].ErrorDetails.RecommendedAction")).Output.Trim();
}
