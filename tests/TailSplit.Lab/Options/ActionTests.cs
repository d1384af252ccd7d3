using TailSplit.Lab.Attacks;
using TailSplit.Lab.Contract;

namespace TailSplit.Lab.Options;

/// <summary>-Action, where the firewall alone says no: with the ip rules in place they say it first.</summary>
[Collection(typeof(SharedOptionsLab))]
public sealed class ActionTests(OptionsLab split)
{
    // See Contract/RefusalTests: a refusal may reach connect(2) with the first retransmission only, after a second.
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(3);

    private Lab Lab => split.Lab;

    [Theory]
    [InlineData("internet")]
    [InlineData("lan")]
    public Task Reject_answers_at_once(string to) =>
        AskTheFirewallAlone("-Action Reject", Place.Internet.Name == to ? Place.Internet : Place.Lan, Way.Refused);

    [Theory]
    [InlineData("-Action Drop")]
    [InlineData("")]
    public Task Drop_says_nothing_and_is_what_happens_by_itself(string action) =>
        AskTheFirewallAlone(action, Place.Internet, Way.Nowhere);

    private async Task AskTheFirewallAlone(string action, Place to, Way expected)
    {
        await using RulesKeeper keeper = await RulesKeeper.Keep(split);
        await split.Remove();
        await Lab.Tailscale.Set(new(ExitNode: false));
        await Expect.Goes(split.Torrents, to, to == Place.Lan ? Way.Lan : Way.Isp);
        await Layers.Killswitch(split, action);
        await Layers.DeleteRouting(Lab);
        await Lab.Leaks.Reset();
        await Lab.OnLan.Reset();
        Answer[] answers = await Task.WhenAll(Destinations.Families.Select(
            family => Probe.Ask(split.Torrents, to.At(family), patience: s_patience)));
        Assert.Equal([expected, expected], answers.Select(answer => answer.Way));
        Assert.Equal(LeakCount.None, await Lab.Leaks.Count());
        Assert.Equal(LeakCount.None, await Lab.OnLan.Count());
    }
}
