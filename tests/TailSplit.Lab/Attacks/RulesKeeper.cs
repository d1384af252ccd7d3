
namespace TailSplit.Lab.Attacks;

/// <summary>
/// Puts every rule of the host back after an attack on them, Docker's and Tailscale's too, and removes the policies.
/// </summary>
public sealed class RulesKeeper : IAsyncDisposable
{
    private readonly AttackLab _split;
    private readonly string _v4;
    private readonly string _v6;

    private RulesKeeper(AttackLab split, string v4, string v6) => (_split, _v4, _v6) = (split, v4, v6);

    public static async Task<RulesKeeper> Keep(AttackLab split) => new(
        split,
        (await split.Lab.Host.Run(Tool(split, "iptables-save"), [])).Output,
        (await split.Lab.Host.Run(Tool(split, "ip6tables-save"), [])).Output);

    public static string Tool(AttackLab split, string name) => Path.Combine(split.Lab.Tools.Folder, name);

    public async ValueTask DisposeAsync()
    {
        await _split.Lab.Host.Run(Tool(_split, "iptables-restore"), [], _v4);
        await _split.Lab.Host.Run(Tool(_split, "ip6tables-restore"), [], _v6);
        await _split.Run("Remove-TailSplitPolicy * | Out-Null");
        await _split.Lab.Tailscale.Set(new());
    }
}
