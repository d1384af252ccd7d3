namespace TailSplit.Lab.Transactions;

/// <summary>
/// kill -9 at the boundaries between TailSplit's child processes: just before and just after the first, the second...
/// until the command gets through unharmed. By itself round the calls that write; <c>TAILSPLIT_KILL_EVERYWHERE=1</c>
/// takes every call, on both sides.
/// </summary>
public abstract class KillTests(FaultLab lab)
{
    // Both families of either layer, which nftables writes at once.
    private int Writes => lab.Lab.Backend is FirewallBackend.Nftables ? 3 : 4;

    private static bool Everywhere => Environment.GetEnvironmentVariable("TAILSPLIT_KILL_EVERYWHERE") == "1";

    [Fact]
    public Task A_kill_while_a_killswitch_gets_other_options_leaves_old_or_new_rules() => KillEverywhere(
        "New-TailSplitKillswitch torrents -Force -Wait 1 -AllowPublishedPort -BlockHost -Action Reject " +
        "-AllowDestination 10.0.0.20 | Out-Null",
        undo: "New-TailSplitKillswitch torrents -Force -AllowDestination 10.0.0.21 | Out-Null",
        closed: true);

    [Fact]
    public Task A_kill_while_a_bypass_becomes_a_killswitch_leaves_old_or_new_rules() => KillEverywhere(
        "New-TailSplitKillswitch torrents -Force -Wait 1 | Out-Null",
        undo: "New-TailSplitBypass torrents -Force | Out-Null",
        closed: false);

    protected async Task KillEverywhere(string command, string undo, bool closed)
    {
        await lab.Begin();
        await lab.Run("Remove-TailSplitPolicy torrents* | Out-Null");
        await lab.Run(undo);
        string old = await lab.Lab.Snapshot();
        await lab.Run(command);
        string wanted = await lab.Lab.Snapshot();
        Assert.NotEqual(old, wanted);

        int kills = 0;
        LabShell next = Warm();
        try
        {
            foreach (FaultMode mode in (FaultMode[])[FaultMode.KillBefore, FaultMode.KillAfter])
            {
                // Before the second is after the first, unless both families are under way at once.
                for (int nth = 1; mode == FaultMode.KillAfter || Everywhere || nth == 1; nth++)
                {
                    await lab.Run(undo);
                    Assert.Equal(old, await lab.Lab.Snapshot());
                    lab.Tools.Break(mode, Everywhere ? "." : FaultyTools.Writing, nth);
                    await lab.Lab.Leaks.Reset();

                    LabShell shell = next;
                    bool killed = await IsKilled(shell, command);
                    await shell.DisposeAsync();
                    next = Warm();
                    await lab.Tools.UntilEnded();
                    if (!killed)
                    {
                        Assert.True(
                            nth > Writes && lab.Tools.Matched < nth,
                            $"{lab.Tools.Matched} calls, and no kill at the {nth}th.");
                        break;
                    }

                    kills++;
                    await Examine($"{mode} {nth}, {lab.Tools.Calls[^1]}", old, wanted, closed);

                    // The next apply repairs it, and finds the lock free.
                    await lab.Run(command);
                    Assert.Equal(wanted, await lab.Lab.Snapshot());
                    Assert.All(
                        await lab.Policies(), policy => Assert.Contains(" Active: ", policy, StringComparison.Ordinal));
                    if (closed)
                    {
                        await lab.AssertClosed($"repaired after {mode} {nth}");
                    }
                }
            }
        }
        finally
        {
            await next.DisposeAsync();
        }

        TestContext.Current.TestOutputHelper?.WriteLine($"{kills} kills: {command}");
    }

    /// <summary>Old or new or closed, family by family; and what Get-TailSplitPolicy says is what is there.</summary>
    private async Task Examine(string moment, string old, string wanted, bool closed)
    {
        string now = await lab.Lab.Snapshot();
        if (!closed)
        {
            await lab.Lab.Leaks.Reset();
        }

        await lab.SendMore();
        LeakCount leaks = await lab.Lab.Leaks.Count();
        Assert.True(!closed || leaks.Total == 0, $"{moment}: leaked {leaks}");
        foreach ((string family, string rules) in FaultLab.ByFamily(now))
        {
            bool leaked = (family == "IPv6" ? leaks.V6 : leaks.Total - leaks.V6) > 0;
            string[] whole = [.. FaultLab.ByFamily(old).Concat(FaultLab.ByFamily(wanted))
                .Where(part => part.Family == family).Select(part => part.Rules)];
            Assert.True(
                !leaked || whole.Contains(rules),
                $"{moment}: {family} is open, and neither as before nor as wanted:\n{rules}");
        }

        IReadOnlyList<string> policies = await lab.Policies();
        if (now == old || now == wanted)
        {
            Assert.All(policies, policy => Assert.Contains(" Active: ", policy, StringComparison.Ordinal));
        }
        else
        {
            Assert.True(
                policies.Any(policy => policy.Split(" Degraded: ") is [_, { Length: > 0 }]),
                $"{moment}: half a change, and nothing says so: {string.Join('\n', policies)}\n{now}");
        }
    }

    private LabShell Warm()
    {
        LabShell shell = lab.Tools.NewShell();
        // Started while the last one's work is looked at; what it runs waits for its turn.
        _ = shell.Run("$null");
        return shell;
    }

    private static async Task<bool> IsKilled(LabShell shell, string command)
    {
        try
        {
            (await shell.Run(command)).OrThrow();
            return false;
        }
        catch (InvalidOperationException ended) when (ended.InnerException is IOException)
        {
            return true;
        }
    }
}

[Collection(nameof(SharedNfTablesFaultLab))]
public sealed class NfTablesKillTests(NfTablesFaultLab lab) : KillTests(lab)
{
    [Fact]
    public Task A_kill_while_a_killswitch_is_created_leaves_old_or_new_rules() => KillEverywhere(
        "New-TailSplitKillswitch torrents -Wait 1 | Out-Null",
        undo: "Remove-TailSplitPolicy torrents* | Out-Null",
        closed: false);

    [Fact]
    public Task A_kill_while_a_killswitch_is_removed_leaves_old_or_new_rules() => KillEverywhere(
        "Remove-TailSplitPolicy torrents* -Wait 1 | Out-Null",
        undo: "New-TailSplitKillswitch torrents -Force | Out-Null",
        closed: false);
}

[Collection(nameof(SharedLegacyFaultLab))]
public sealed class LegacyKillTests(LegacyFaultLab lab) : KillTests(lab);

[Collection(nameof(SharedOwnTableFaultLab))]
public sealed class OwnTableKillTests(OwnTableFaultLab lab) : KillTests(lab);
