namespace TailSplit.Lab.Guide;

/// <summary>
/// What the guide that TailSplit starts from has a person run, for the lab's two networks: a mark on all that comes
/// from one subnet, and a drop of all that would leave the other but by the tunnel.
/// </summary>
public sealed class GuideRules : IAsyncDisposable
{
    public const string BypassSubnet = "172.19.0.0/16";
    public const string KillswitchSubnet = "172.18.0.0/16";

    private const string Added =
        $"""
        iptables -w -t mangle -N DOCKER_BYPASS_EXCLUSIONS
        iptables -w -t mangle -A DOCKER_BYPASS_EXCLUSIONS -d 100.64.0.0/10 -j RETURN
        iptables -w -t mangle -A DOCKER_BYPASS_EXCLUSIONS -d 127.0.0.0/8 -j RETURN
        iptables -w -t mangle -A DOCKER_BYPASS_EXCLUSIONS -j MARK --set-mark 0x80000
        iptables -w -t mangle -I PREROUTING 1 -s {BypassSubnet} -j DOCKER_BYPASS_EXCLUSIONS
        iptables -w -t nat -A POSTROUTING -s {KillswitchSubnet} -o tailscale0 -j MASQUERADE
        iptables -w -I DOCKER-USER -s {KillswitchSubnet} ! -o tailscale0 -j DROP
        iptables -w -I DOCKER-USER -s {KillswitchSubnet} -d {KillswitchSubnet} -j ACCEPT
        """;

    private const string Removed =
        $"""
        iptables -w -t mangle -D PREROUTING -s {BypassSubnet} -j DOCKER_BYPASS_EXCLUSIONS
        iptables -w -t mangle -F DOCKER_BYPASS_EXCLUSIONS
        iptables -w -t mangle -X DOCKER_BYPASS_EXCLUSIONS
        iptables -w -t nat -D POSTROUTING -s {KillswitchSubnet} -o tailscale0 -j MASQUERADE
        iptables -w -D DOCKER-USER -s {KillswitchSubnet} ! -o tailscale0 -j DROP
        iptables -w -D DOCKER-USER -s {KillswitchSubnet} -d {KillswitchSubnet} -j ACCEPT
        """;

    private readonly NetworkNamespace _host;
    private bool _areGone;

    private GuideRules(NetworkNamespace host) => _host = host;

    public static async Task<GuideRules> Apply(Lab lab)
    {
        await lab.Host.RunLines(Added);
        return new(lab.Host);
    }

    /// <summary>Once more, as after a reboot that was none.</summary>
    public Task ApplyAgain() => _host.RunLines(Added);

    /// <summary>Somebody else has deleted them.</summary>
    public void AreGone() => _areGone = true;

    public async ValueTask DisposeAsync()
    {
        if (!_areGone)
        {
            await _host.RunLines(Removed);
        }
    }
}
