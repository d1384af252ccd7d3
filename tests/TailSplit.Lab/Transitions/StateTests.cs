using TailSplit.Lab.Attacks;
using TailSplit.Lab.Contract;

namespace TailSplit.Lab.Transitions;

/// <summary>The contract in each state of the tunnel: three networks, all destinations, both families.</summary>
public abstract class StateTests(AttackLab split)
{
    private readonly Survey _survey = new(split);

    private Lab Lab => split.Lab;

    [Fact]
    public async Task The_contract_holds_with_the_tunnel_up()
    {
        await split.Remove();
        await Lab.Tailscale.Set(new());
        IReadOnlyDictionary<string, Way> before = await _survey.OfOrdinary();
        await split.Apply();
        await _survey.CheckPolicies("tunnel up", new());
        await _survey.CheckOrdinary("tunnel up", before);
        Assert.Empty(_survey.Wrong);
    }

    [Fact]
    public async Task The_contract_holds_with_the_exit_node_off()
    {
        TailscaleState off = new(ExitNode: false);
        await split.Remove();
        await Lab.Tailscale.Set(off);
        IReadOnlyDictionary<string, Way> before = await _survey.OfOrdinary();
        await split.Apply();
        await _survey.CheckPolicies("exit node off", off);
        await _survey.CheckOrdinary("exit node off", before);
        Assert.Empty(_survey.Wrong);
    }

    [Fact]
    public async Task The_contract_holds_after_a_crash_and_after_its_end()
    {
        await split.Remove();
        await Lab.Tailscale.Set(new());
        IReadOnlyDictionary<string, Way> beforeCrash = await _survey.OfOrdinary();
        await Lab.Tailscale.Crash();
        IReadOnlyDictionary<string, Way> crashed;
        try
        {
            crashed = await _survey.OfOrdinary();
        }
        finally
        {
            await Lab.Tailscale.Recover();
        }

        await split.Apply();
        await Lab.Tailscale.Crash();
        try
        {
            await _survey.CheckPolicies("crashed", new(), tunnelUp: false);
            IReadOnlyDictionary<string, Way> now = await _survey.OfOrdinary();
            Assert.Equal(crashed.Select(Outcome), now.Select(Outcome));

            // Policies made while the tunnel is not there are the same.
            await split.Remove();
            await split.Apply();
            await _survey.CheckPolicies("made after the crash", new(), tunnelUp: false);
        }
        finally
        {
            await Lab.Tailscale.Recover();
        }

        await _survey.CheckPolicies("recovered", new());
        await _survey.CheckOrdinary("recovered", beforeCrash);
        Assert.Empty(_survey.Wrong);

        // Without the tunnel the ISP gets questions for the tailnet, and says no as often as its kernel's limit lets
        // it.
        static (string, Way) Outcome(KeyValuePair<string, Way> answer) =>
            (answer.Key, answer.Value is Way.Refused ? Way.Nowhere : answer.Value);
    }
}

[Collection(typeof(NfTablesTransitions))]
public sealed class NfTablesStateTests(NfTablesAttackLab lab) : StateTests(lab);

[Collection(typeof(LegacyTransitions))]
public sealed class LegacyStateTests(LegacyAttackLab lab) : StateTests(lab);

[Collection(typeof(OwnTableTransitions))]
public sealed class OwnTableStateTests(OwnTableAttackLab lab) : StateTests(lab);
