using TailSplit.Core.Model;

namespace TailSplit.Core.Iptables;

/// <summary>
/// Commands of iptables: those that remedies suggest add rules that Docker or the host's administrator would write.
/// <c>program</c> is <c>iptables</c> or <c>ip6tables-legacy</c>.
/// </summary>
public static class IptablesCommands
{
    /// <summary>Accepts the packets of a bridge, and their replies (as moby's bridge driver does).</summary>
    public static string Accept(string program, string bridge) =>
        $"{program} -A {HookSites.Forward} -i {bridge} -j ACCEPT; " +
        $"{program} -A {HookSites.Forward} -o {bridge} -m conntrack --ctstate RELATED,ESTABLISHED,DNAT -j ACCEPT";

    /// <summary>Translates the packets of a subnet that leave its bridge (as moby's bridge driver does).</summary>
    public static string Masquerade(string program, Cidr subnet, string bridge) =>
        $"{program} -t nat -A {HookSites.Postrouting} -s {subnet} ! -o {bridge} -j MASQUERADE";

    /// <summary>Adapts new TCP connections to the MTU of the tunnel.</summary>
    public static string Clamp(string program, InterfaceName tunnel) =>
        $"{program} -t mangle -A {HookSites.Forward} -o {tunnel} {IptablesMatches.OpensTcp} -j TCPMSS " +
        "--clamp-mss-to-pmtu";

    /// <summary>The command that appends a rule.</summary>
    public static string Append(string program, string table, string chain, string specification) =>
        $"{program} -t {table} -A {chain} {specification}".TrimEnd();

    /// <summary>Docker's own jump.</summary>
    public static string JumpToDockerUser(string program) =>
        $"{program} -I {HookSites.Forward} -j {HookSites.DockerUser}";

    /// <summary>Removes rules of TailSplit, jumps before their chains.</summary>
    public static IEnumerable<string> Remove(IReadOnlyCollection<IptablesRule> rules, Func<IpFamily, string> program)
    {
        foreach (IptablesRule jump in rules.Where(rule => !OwnChains.IsOwn(rule.Chain)))
            yield return $"{Start(jump)} -D {jump.Chain} {jump.Specification}";

        (string Start, string Chain)[] chains =
            [.. rules.Where(rule => OwnChains.IsOwn(rule.Chain)).Select(rule => (Start(rule), rule.Chain)).Distinct()];
        foreach (string option in (string[])["-F", "-X"])
        {
            foreach ((string start, string chain) in chains)
                yield return $"{start} {option} {chain}";
        }

        string Start(IptablesRule rule) => $"{program(rule.Family)} -t {rule.Table.NameOf()}";
    }
}
