using System.Text.RegularExpressions;
using TailSplit.Core.Iptables;
using TailSplit.Core.Model;

namespace TailSplit.Core.Foreign;

/// <summary>Finds the owner of a firewall rule, by chain, target, comment, set, interface and mark.</summary>
public static partial class ForeignFirewallRules
{
    /// <summary>The chain of the split tunnel guide's script.</summary>
    internal const string GuideChain = "DOCKER_BYPASS_EXCLUSIONS";

    private const string UserChain = "DOCKER-USER";

    // The first match counts: the guide's chain begins like Docker's.
    private static readonly (string Prefix, ForeignOwner Owner)[] s_chains =
    [
        (GuideChain, ForeignOwner.Guide),
        ("ts-", ForeignOwner.Tailscale),
        ("DOCKER", ForeignOwner.Docker),
        ("LIBVIRT_", ForeignOwner.Libvirt),
        ("KUBE-ROUTER-", ForeignOwner.KubeRouter),
        ("KUBE-POD-FW-", ForeignOwner.KubeRouter),
        ("KUBE-NWPLCY-", ForeignOwner.KubeRouter),
        ("KUBE-", ForeignOwner.Kubernetes),
        ("FLANNEL", ForeignOwner.Kubernetes),
        ("CNI-", ForeignOwner.Kubernetes),
        ("cali", ForeignOwner.Kubernetes),
        ("CILIUM_", ForeignOwner.Kubernetes),
        ("WEAVE", ForeignOwner.Kubernetes),
        ("NETAVARK", ForeignOwner.Podman),
        ("ufw-", ForeignOwner.Ufw),
        ("ufw6-", ForeignOwner.Ufw),
        ("f2b-", ForeignOwner.Fail2ban),
        ("fail2ban-", ForeignOwner.Fail2ban),
        ("CROWDSEC", ForeignOwner.CrowdSec),
        ("crowdsec", ForeignOwner.CrowdSec),
        ("MAILCOW", ForeignOwner.Mailcow),
        ("mwan3", ForeignOwner.Mwan3),
        ("nordvpn", ForeignOwner.NordVpn),
        ("OPENVPN", ForeignOwner.OpenVpn),
    ];

    private static readonly (string Word, ForeignOwner Owner)[] s_comments =
    [
        ("kube-router", ForeignOwner.KubeRouter),
        ("kubernetes", ForeignOwner.Kubernetes),
        ("flannel", ForeignOwner.Kubernetes),
        ("cali:", ForeignOwner.Kubernetes),
        ("cilium", ForeignOwner.Kubernetes),
        ("wg-quick", ForeignOwner.WgQuick),
        ("nordvpn", ForeignOwner.NordVpn),
        ("mullvad", ForeignOwner.Mullvad),
        ("openvpn", ForeignOwner.OpenVpn),
        ("crowdsec", ForeignOwner.CrowdSec),
        ("mailcow", ForeignOwner.Mailcow),
        ("generated for lxd", ForeignOwner.Lxd),
        ("generated for incus", ForeignOwner.Lxd),
        ("name: \"", ForeignOwner.Podman),
        ("ufw", ForeignOwner.Ufw),
    ];

    private static readonly (string Prefix, ForeignOwner Owner)[] s_interfaces =
    [
        ("tailscale", ForeignOwner.Tailscale),
        ("docker", ForeignOwner.Docker),
        ("virbr", ForeignOwner.Libvirt),
        ("vnet", ForeignOwner.Libvirt),
        ("lxdbr", ForeignOwner.Lxd),
        ("incusbr", ForeignOwner.Lxd),
        ("podman", ForeignOwner.Podman),
        ("cni", ForeignOwner.Kubernetes),
        ("flannel", ForeignOwner.Kubernetes),
        ("nordlynx", ForeignOwner.NordVpn),
        ("nordtun", ForeignOwner.NordVpn),
        ("wg", ForeignOwner.WgQuick),
        ("tun", ForeignOwner.OpenVpn),
    ];

    /// <summary>The owner of a chain; unknown for one of the kernel's own.</summary>
    public static ForeignOwner OwnerOf(string chain) =>
        s_chains.FirstOrDefault(each => chain.StartsWith(each.Prefix, StringComparison.Ordinal)).Owner
        ?? (FirewalldChain().IsMatch(chain) ? ForeignOwner.Firewalld : ForeignOwner.Unknown);

    /// <summary>The owner of a rule.</summary>
    /// <param name="chain">The chain that it stands in.</param>
    /// <param name="rule">A rule that is not TailSplit's.</param>
    public static ForeignOwner OwnerOf(string chain, IptablesSpecification rule)
    {
        // DOCKER-USER is for rules of any program; all other chains have rules of their owner.
        if (chain != UserChain && OwnerOf(chain) is ForeignOwner owner && owner != ForeignOwner.Unknown)
            return owner;

        string[] target = rule.Target.Split(' ', 3);
        return target.Length > 1 && OwnerOf(target[1]) is ForeignOwner named && named != ForeignOwner.Unknown ? named
            : IsGuides(chain, rule) ? ForeignOwner.Guide
            : ByComment(rule.Comment) ?? BySet(rule) ?? ByInterface(rule) ?? ByMark(rule) ?? ForeignOwner.Unknown;
    }

    private static ForeignOwner? ByComment(string? comment) => comment is null
        ? null
        : s_comments.FirstOrDefault(each => comment.Contains(each.Word, StringComparison.OrdinalIgnoreCase)).Owner;

    private static ForeignOwner? BySet(IptablesSpecification rule) =>
        rule.Matches.Contains("--match-set crowdsec", StringComparison.Ordinal) ? ForeignOwner.CrowdSec
        : rule.Matches.Contains("--match-set f2b", StringComparison.Ordinal) ? ForeignOwner.Fail2ban
        : null;

    private static ForeignOwner? ByInterface(IptablesSpecification rule) => ((InterfaceName?[])[rule.In, rule.Out])
        .Where(name => name is not null)
        .Select(name => s_interfaces.FirstOrDefault(
            each => name!.Value.ToString().StartsWith(each.Prefix, StringComparison.Ordinal)).Owner)
        .FirstOrDefault(owner => owner is not null);

    // Tailscale's marks are 0x40000 and 0x80000 (tsconst/linuxfw.go), kube-router's 0x10000 and 0x20000.
    private static ForeignOwner? ByMark(IptablesSpecification rule)
    {
        string text = $"{rule.Matches} {rule.Target}";
        return text.Contains("0x40000/0xff0000", StringComparison.Ordinal)
            || text.Contains("0x80000/0xff0000", StringComparison.Ordinal)
            || text.Contains("--nfmask 0xff0000 --ctmask 0xff0000", StringComparison.Ordinal) ? ForeignOwner.Tailscale
            : text.Contains("0x20000/0x20000", StringComparison.Ordinal) ? ForeignOwner.KubeRouter
            : text.Contains("0xca6c", StringComparison.Ordinal) ? ForeignOwner.WgQuick
            : text.Contains("0x6d6f6c65", StringComparison.Ordinal) ? ForeignOwner.Mullvad
            : text.Contains("0xe1f1", StringComparison.Ordinal) ? ForeignOwner.NordVpn
            : null;
    }

    /// <summary>
    /// Whether a rule of the guide is its script's alone: it leads to the script's chain, or accepts a subnet only by
    /// Tailscale's interface. Other rules of that form can be of any program.
    /// </summary>
    public static bool IsGuidesAlone(string chain, IptablesSpecification rule) =>
        chain == GuideChain || rule.JumpsTo(GuideChain)
        || (rule.JumpsTo("DROP") && rule.Matches == $"! -o {TunnelProvider.Tailscale.Interface}");

    /// <summary>
    /// Whether a rule of Tailscale's drops new connections into the tunnel (tailscale util/linuxfw/iptables_runner.go,
    /// statefulRuleArgs).
    /// </summary>
    public static bool IsStatefulFilter(IptablesSpecification rule) =>
        rule.JumpsTo("DROP") && rule.Matches.Contains("! --ctstate ", StringComparison.Ordinal);

    // Its killswitch in DOCKER-USER, and the masquerade that goes with it.
    private static bool IsGuides(string chain, IptablesSpecification rule) => rule.Comment is null && chain switch
    {
        UserChain => rule.Source is Cidr source && (
            (rule.Destination is null
                && rule.Matches.StartsWith("! -o ", StringComparison.Ordinal)
                && rule.JumpsTo("DROP"))
            || (rule.Destination == source && rule.Matches.Length == 0 && rule.JumpsTo("ACCEPT"))),
        "POSTROUTING" => rule is { Source: not null, Destination: null, Target: "-j MASQUERADE", Matches: "" }
            && rule.Out is InterfaceName device && device == TunnelProvider.Tailscale.Interface,
        _ => false,
    };

    [GeneratedRegex(
        "^(FWD[IO]_|IN_|PRE_|POST_|FORWARD_(IN|OUT)_" +
        "|(INPUT|OUTPUT|FORWARD|PREROUTING|POSTROUTING)_(direct|ZONES|ZONES_SOURCE|IN_ZONES|OUT_ZONES|POLICIES_))")]
    private static partial Regex FirewalldChain();
}
