using TailSplit.Lab.Contract;

namespace TailSplit.Lab.Backends;

/// <summary>
/// A foreign ip rule in front of TailSplit's, by which everything from the killswitched bridge goes to table main: only
/// the firewall holds it back.
/// </summary>
internal sealed class FirewallAlone : IAsyncDisposable
{
    private readonly SplitLab _split;

    private FirewallAlone(SplitLab split) => _split = split;

    public static async Task<FirewallAlone> Begin(SplitLab split)
    {
        FirewallAlone begun = new(split);
        await begun.Route("add");
        return begun;
    }

    public ValueTask DisposeAsync() => new(Route("del"));

    private async Task Route(string action)
    {
        string rule = $"rule {action} pref 90 iif {_split.TorrentsNetwork.Bridge} lookup main";
        await _split.Lab.Host.Ip(rule, "-4");
        await _split.Lab.Host.Ip(rule, "-6");
    }
}
