using CsCheck;
using TailSplit.Core.Model;
using TailSplit.Tests.Core.ModelKernel;

namespace TailSplit.Tests.Core.Generators;

/// <summary>
/// Hosts with other people's rules: Docker's and Tailscale's chains in every state, and rules of all sorts between
/// them.
/// </summary>
internal static class ForeignGen
{
    private static readonly string[] s_filterRules =
    [
        "-i eth0 -p tcp -m tcp --dport 22 -j ACCEPT",
        "-m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT",
        "-s 10.9.0.0/16 -d 192.168.0.0/16 -m comment --comment \"a \\\"quoted\\\" word\" -j DROP",
        "! -i docker0 -o docker0 -j DROP",
        "-m limit --limit 3/min --limit-burst 10 -j LOG --log-prefix \"[UFW BLOCK] \"",
        "-i br-+ -j RETURN",
        "-p udp -m multiport --dports 53,5353 -m set --match-set allowed src -j ACCEPT",
        "-m addrtype --dst-type LOCAL -j ACCEPT",
        "-j USER-CHAIN",
        "-g USER-CHAIN",
    ];

    private static readonly string[] s_dockerUserRules =
        [
            "-i eth0 -j DROP", "-s 10.8.0.0/24 -j RETURN", "-i eth0 -o docker0 -p tcp -m tcp --dport 80 -j ACCEPT",
            "-j USER-CHAIN"
        ];

    private static readonly string[] s_natRules =
        [
            "-s 172.17.0.0/16 ! -o docker0 -j MASQUERADE", "-s 10.9.0.0/16 -o eth0 -j SNAT --to-source 203.0.113.9",
            "-o lo -j RETURN"
        ];

    private static readonly string[] s_mangleRules =
    [
        "-m conntrack --ctstate RELATED,ESTABLISHED -j CONNMARK --restore-mark --nfmask 0xff0000 --ctmask 0xff0000",
        "-i wg0 -j MARK --set-xmark 0x1/0xffffffff",
        "-i eth0 -j ACCEPT",
    ];

    private static readonly string[] s_routingRules =
    [
        "pref 100 from 10.77.0.0/16 lookup 100",
        "pref 5210 fwmark 0x80000/0xff0000 lookup main",
        "pref 5230 fwmark 0x80000/0xff0000 lookup default",
        "pref 5250 fwmark 0x80000/0xff0000 unreachable",
        "pref 5270 lookup 52",
        "pref 5110 iif wg0 lookup main",
        "pref 5110 iif wg0 lookup main protocol 3",
    ];

    public static Gen<KernelModel> Kernels { get; } =
        Gen.Select(Families(IpFamily.IPv4), Families(IpFamily.IPv6)).Select((four, six) =>
        {
            KernelModel kernel = new();
            kernel.Firewall[IpFamily.IPv4].Load(four.Firewall);
            kernel.Firewall[IpFamily.IPv6].Load(six.Firewall);
            kernel.Routing[IpFamily.IPv4].RunAll(four.Batch);
            kernel.Routing[IpFamily.IPv6].RunAll(six.Batch);
            return kernel;
        });

    private static Gen<(string Firewall, string Batch)> Families(IpFamily family) =>
        Gen.Select(
            Filter(), Lines("POSTROUTING", s_natRules), Lines("PREROUTING", s_mangleRules), Gen.Shuffle(s_routingRules),
            Gen.Int[0, s_routingRules.Length])
            .Select((filter, nat, mangle, routing, count) => (
                Of(family, $"*filter\n{filter}COMMIT\n*nat\n:DOCKER - [0:0]\n{nat}COMMIT\n*mangle\n{mangle}COMMIT\n"),
                Of(family, string.Concat(routing.Take(count).Select(rule => $"rule add {rule}\n")))));

    // One of the ways in which a host's FORWARD and DOCKER-USER can look before TailSplit comes.
    private static Gen<string> Filter() =>
        Gen.Select(
            Lines("FORWARD", s_filterRules),
            Lines("FORWARD", s_filterRules),
            Lines("INPUT", s_filterRules),
            Gen.OneOf(Gen.Const(""), Gen.Const("-A DOCKER-USER -j RETURN\n"), Lines("DOCKER-USER", s_dockerUserRules)),
            Gen.Int[0, 2])
        .Select((above, below, input, dockerUser, docker) =>
        {
            const string User = ":USER-CHAIN - [0:0]\n-A USER-CHAIN -s 10.6.0.0/16 -j DROP\n"
                + "-A USER-CHAIN -p udp -j RETURN\n";
            return docker switch
            {
                0 => User + above + input,
                1 => ":DOCKER-USER - [0:0]\n" + User + dockerUser + above + input,
                _ => ":DOCKER-USER - [0:0]\n:DOCKER-FORWARD - [0:0]\n" + User + dockerUser + above
                    + "[7:420] -A FORWARD -j DOCKER-USER\n[7:420] -A FORWARD -j DOCKER-FORWARD\n"
                    + "-A DOCKER-FORWARD -i docker0 -j ACCEPT\n"
                    + below + input,
            };
        });

    private static Gen<string> Lines(string chain, string[] rules) =>
        Gen.Select(Gen.OneOf(rules), Gen.UInt[0, 999]).Array[0, 4].Select(some =>
            string.Concat(some.Select(rule => $"[{rule.Item2}:{rule.Item2 * 60}] -A {chain} {rule.Item1}\n")));

    // The other family's addresses in the same places.
    private static string Of(IpFamily family, string text) => family == IpFamily.IPv4
        ? text
        : text.Replace("10.9.0.0/16", "fd09::/48", StringComparison.Ordinal)
            .Replace("10.8.0.0/24", "fd08::/64", StringComparison.Ordinal)
            .Replace("10.6.0.0/16", "fd06::/64", StringComparison.Ordinal)
            .Replace("10.77.0.0/16", "fd77::/48", StringComparison.Ordinal)
            .Replace("192.168.0.0/16", "fd68::/48", StringComparison.Ordinal)
            .Replace("172.17.0.0/16", "fd17::/64", StringComparison.Ordinal)
            .Replace("203.0.113.9", "2001:db8::9", StringComparison.Ordinal);
}
