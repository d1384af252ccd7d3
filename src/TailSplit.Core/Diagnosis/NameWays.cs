using System.Collections.Immutable;
using System.Net;
using TailSplit.Core.Containers;
using TailSplit.Core.Kernel;
using TailSplit.Core.Model;

namespace TailSplit.Core.Diagnosis;

/// <summary>
/// Finds DNS queries of a killswitch network that do not go by the tunnel only: by Docker's name server on the host, to
/// MagicDNS, or to a server that the killswitch refuses.
/// </summary>
/// <param name="policy">The killswitch.</param>
/// <param name="onLink">The prefixes of the host's own links.</param>
public sealed class NameWays(KillswitchPolicy policy, ImmutableArray<Cidr> onLink)
{
    /// <summary>Quad9, the default.</summary>
    private static readonly ImmutableArray<Cidr> s_usual = [Cidr.Parse("9.9.9.9"), Cidr.Parse("2620:fe::fe")];

    /// <summary>Servers for -DnsServer, or for --dns of a container: those of the policy, else public ones.</summary>
    public ImmutableArray<Cidr> Servers => policy.DnsServer.Any(server => server != KillswitchPolicy.NoDns)
        ? policy.DnsServer
        : [.. s_usual.Where(server => policy.Target.SubnetsOf(server.Family).Any())];

    /// <summary>The policy with a name server, as a command.</summary>
    public string Command => PolicyCommand.Apply(policy with { DnsServer = Servers });

    /// <summary>Own servers that the killswitch refuses, so no name resolves.</summary>
    public string? Refused(IEnumerable<NameQuestions> questions)
    {
        if (!policy.DnsServer.IsEmpty)
            return null;

        (string Container, string[] Servers)[] refused = Of(questions, each => each.Own.Where(IsRefused));
        return refused.Length == 0
            ? null
            : $"{Containers(refused)} queries {All(refused)} for names. It is on the LAN, which the killswitch " +
                "refuses.";
    }

    /// <summary>Servers that the host queries, which no rule of the network matches.</summary>
    public string? PastKillswitch(IEnumerable<NameQuestions> questions, bool? exitNode)
    {
        (string Container, string[] Servers)[] past = Of(questions, each => each.ByHost);
        return past.Length == 0
            ? null
            : $"Docker forwards the DNS queries of {Containers(past)} from the host to {All(past)}, outside the " +
                $"killswitch: {State(exitNode)}. " +
                "Recreate the container with " +
                    $"{string.Join(' ', Servers.Select(server => $"--dns {server.Address}"))} (Compose: 'dns:'): it " +
                    "then queries that server from its own network.";
    }

    /// <summary>Podman's name server on the host, whose own queries no rule of the network matches.</summary>
    public string? ByPodman(IEnumerable<NameQuestions> questions, bool? exitNode)
    {
        // Queries to that server come by the bridge, so a rule redirects them to the policy's server.
        if (!policy.DnsServer.IsEmpty)
            return null;

        (string Container, string[] Servers)[] asked = Of(questions, each => each.ByPodman);
        return asked.Length == 0
            ? null
            : $"Podman's name server forwards the DNS queries of {Containers(asked)} from the host to {All(asked)}, " +
                $"outside the killswitch: {State(exitNode)}.";
    }

    /// <summary>MagicDNS, which forwards queries to the host's own servers without an exit node.</summary>
    public string? ByMagicDns(IEnumerable<NameQuestions> questions, bool? exitNode)
    {
        if (!policy.DnsServer.IsEmpty)
            return null;

        (string Container, string[] Servers)[] magic = Of(questions, each => each.Own.Where(IsMagicDns));
        return magic.Length == 0
            ? null
            : $"The DNS queries of {Containers(magic)} go to MagicDNS ({All(magic)}), and tailscaled forwards them " +
                $"from the host: {State(exitNode)}.";
    }

    /// <summary>
    /// Servers of -DnsServer that are on the host, or on a link of it: the tunnel does not lead there.
    /// </summary>
    public string? Unreached(IEnumerable<HostInterface> interfaces)
    {
        Cidr[] here =
        [
            .. interfaces
                .SelectMany(link => link.Addresses)
                .SelectMany(own => (Cidr[])[own.Network, Cidr.Of(own.Address)]),
        ];
        Cidr[] unreached = [.. policy.DnsServer.Where(server => here.Any(prefix => prefix.Contains(server)))];
        return unreached.Length == 0
            ? null
            : $"The name server {ListText.Of(unreached.Select(server => server.Address))} of '{policy.Name}' is on " +
                "the host, its LAN or a Docker network, where the tunnel does not lead: no name resolves.";
    }

    /// <summary>The same for future containers, which get the host's own servers.</summary>
    public string? LaterByMagicDns(IEnumerable<string> hosts) =>
        policy.DnsServer.IsEmpty && hosts.Any(IsMagicDns)
            ? $"The host's name server is MagicDNS, which containers on '{policy.Name}' also get. tailscaled " +
                $"forwards their queries from the host: {State(null)}."
            : null;

    private static string State(bool? exitNode) => exitNode switch
    {
        true => "they leave by the exit node now, and in clear without one",
        false => "they leave in clear now, and by the exit node once one is active",
        null => "they leave by the exit node if one is active, otherwise in clear",
    };

    private bool IsRefused(string server) =>
        IPAddress.TryParse(server, out IPAddress? address)
        && onLink.Any(prefix => prefix.Contains(address))
        && !policy.Target.Subnets.Any(subnet => subnet.Contains(address))
        && !policy.AllowDestination.Any(allowed => allowed.Contains(address));

    private bool IsMagicDns(string server) =>
        Cidr.TryParse(server, out Cidr address) && policy.Provider.NameServers.Contains(address);

    private static (string, string[])[] Of(
        IEnumerable<NameQuestions> questions, Func<NameQuestions, IEnumerable<string>> which) =>
        [
            .. questions
                .Select(each => (each.Container, Servers: which(each).ToArray()))
                .Where(each => each.Servers.Length > 0),
        ];

    private static string Containers((string Container, string[] Servers)[] all) =>
        ListText.Of(all.Select(each => $"'{each.Container}'"));

    private static string All((string Container, string[] Servers)[] all) =>
        ListText.Of(all.SelectMany(each => each.Servers).Distinct());
}
