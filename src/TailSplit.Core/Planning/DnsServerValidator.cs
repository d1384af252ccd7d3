using TailSplit.Core.Errors;
using TailSplit.Core.Model;

namespace TailSplit.Core.Planning;

/// <summary>Validates the name servers of -DnsServer.</summary>
internal static class DnsServerValidator
{
    private static readonly (Cidr Prefix, string Reason)[] s_unfit =
    [
        (Cidr.Parse("127.0.0.0/8"), Loopback),
        (Cidr.Parse("::1/128"), Loopback),
        (Cidr.Parse("0.0.0.0/8"), NoServer),
        (Cidr.Parse("::/128"), NoServer),
        (Cidr.Parse("::ffff:0:0/96"), "it is an IPv4 address in IPv6 form"),
        (Cidr.Parse("169.254.0.0/16"), LinkLocal),
        (Cidr.Parse("fe80::/10"), LinkLocal),
        (Cidr.Parse("224.0.0.0/3"), NoServer),
        (Cidr.Parse("ff00::/8"), NoServer),
    ];

    private const string Loopback = "it is the container itself";
    private const string NoServer = "no server has such an address";
    private const string LinkLocal = "it is a link-local address, which the tunnel does not lead to";

    /// <exception cref="TailSplitException">InvalidDnsServer.</exception>
    public static void Check(KillswitchPolicy policy)
    {
        foreach (Cidr server in policy.DnsServer.Where(server => server != KillswitchPolicy.NoDns))
        {
            if (Reason(server, policy) is string reason)
                throw Failures.InvalidDnsServer(server.AddressOrPrefix, reason).ToException();
        }

        foreach (IGrouping<IpFamily, Cidr> family in policy.DnsServer
            .GroupBy(server => server.Family)
            .Where(family => family.Count() > 1))
        {
            throw Failures.InvalidDnsServer(
                string.Join(", ", family.Select(server => server.AddressOrPrefix)),
                "a family has one server at most").ToException();
        }
    }

    private static string? Reason(Cidr server, KillswitchPolicy policy)
    {
        if (!server.IsHost)
            return "it is a subnet, not an address";

        if (policy.Provider.NameServers.Contains(server))
            return "without an exit node, tailscaled forwards the queries to the host's own name servers in clear";

        foreach ((Cidr prefix, string reason) in s_unfit)
        {
            if (prefix.Contains(server))
                return reason;
        }

        return policy.Target.Subnets.Any(subnet => subnet.Contains(server))
            ? "it is in the network itself, and queries to its containers are not redirected"
            : null;
    }
}
