
namespace TailSplit.Lab;

/// <summary>tailscaled's own chains and their hooks, as text for iptables-restore and ip6tables-restore.</summary>
internal sealed class TailscaleChains(TailscaleLayout layout)
{
    /// <summary>Chains and hooks; each hook goes to position 1, as at every start of the daemon.</summary>
    public string Up(bool v6, NetfilterMode mode = NetfilterMode.On, bool stateful = false)
    {
        string antiSpoofInput = v6
            ? ""
            : """
              -A ts-input -s 100.115.92.0/23 ! -i tailscale0 -j RETURN
              -A ts-input -s 100.64.0.0/10 ! -i tailscale0 -j DROP
              """;
        string antiSpoofForward = v6 ? "" : "-A ts-forward -s 100.64.0.0/10 -o tailscale0 -j DROP";
        // tailscale util/linuxfw/iptables_runner.go, statefulRuleArgs: before the rule that accepts.
        string stateless = stateful
            ? "-A ts-forward -o tailscale0 -m conntrack ! --ctstate ESTABLISHED,RELATED -j DROP"
            : "";
        return $"""
            *filter
            :ts-input - [0:0]
            :ts-forward - [0:0]
            {Hook(mode, "-I INPUT 1 -j ts-input")}
            {Hook(mode, "-I FORWARD 1 -j ts-forward")}
            -A ts-input -s {(v6 ? Place.HostTailnet.V6 : Place.HostTailnet.V4)} -i lo -j ACCEPT
            {antiSpoofInput}
            -A ts-input -i tailscale0 -j ACCEPT
            -A ts-input -p udp -m udp --dport {Ports.Tunnel} -j ACCEPT
            -A ts-forward -i tailscale0 -j MARK --set-xmark 0x40000/0xff0000
            -A ts-forward -m mark --mark 0x40000/0xff0000 -j ACCEPT
            {antiSpoofForward}
            {stateless}
            -A ts-forward -o tailscale0 -j ACCEPT
            COMMIT
            *nat
            :ts-postrouting - [0:0]
            {Hook(mode, "-I POSTROUTING 1 -j ts-postrouting")}
            -A ts-postrouting -m mark --mark 0x40000/0xff0000 -j MASQUERADE
            COMMIT
            {(mode is NetfilterMode.On ? Mangle() : "")}
            """;
    }

    /// <summary>
    /// What <c>tailscale down</c> takes away; <c>tailscaled --cleanup</c> leaves the mangle rules (measured).
    /// </summary>
    public static string Down(NetfilterMode mode) =>
        $"""
        *filter
        {Hook(mode, "-D INPUT -j ts-input")}
        {Hook(mode, "-D FORWARD -j ts-forward")}
        -F ts-input
        -F ts-forward
        -X ts-input
        -X ts-forward
        COMMIT
        *nat
        {Hook(mode, "-D POSTROUTING -j ts-postrouting")}
        -F ts-postrouting
        -X ts-postrouting
        COMMIT
        """;

    /// <summary>The mangle rules, each as a chain and what follows it.</summary>
    public IReadOnlyList<(string Chain, string Rule)> MangleRules
    {
        get
        {
            const string mask = "--nfmask 0xff0000 --ctmask 0xff0000";
            const string established = "-m conntrack --ctstate RELATED,ESTABLISHED";
            string guard = layout.Connmark is ConnmarkRules.WithGuard ? "-m connmark ! --mark 0x0/0xff0000 " : "";
            return layout.Connmark is ConnmarkRules.None
                ? []
                :
                [
                    ("PREROUTING", $"{established} {guard}-j CONNMARK --restore-mark {mask}"),
                    ("OUTPUT",
                        $"-m conntrack --ctstate NEW -m mark ! --mark 0x0/0xff0000 -j CONNMARK --save-mark {mask}"),
                ];
        }
    }

    private string Mangle() => MangleRules.Count == 0
        ? ""
        : string.Join(
            '\n',
            ["*mangle", .. MangleRules.Select(rule => $"-I {rule.Chain} 1 {rule.Rule}"), "COMMIT"]);

    private static string Hook(NetfilterMode mode, string line) => mode is NetfilterMode.On ? line : "";
}
