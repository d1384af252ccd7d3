using System.Net;
using System.Net.Sockets;
using System.Text;
using TailSplit.Lab.Contract;
using TailSplit.Lab.Truth;

namespace TailSplit.Lab.Options;

[Collection(typeof(SharedOptionsLab))]
public sealed class NfTablesDnsServerTests(OptionsLab split) : DnsServerTests(split);

public sealed class LegacyDnsServerTests(LegacyOptionsLab split) : DnsServerTests(split), IClassFixture<LegacyOptionsLab>;

[Collection(typeof(SharedOwnTableOptionsLab))]
public sealed class OwnTableDnsServerTests(OwnTableOptionsLab split) : DnsServerTests(split);

/// <summary>-DnsServer sends every question for a name to one server, by the exit node or nowhere.</summary>
public abstract class DnsServerTests(SplitLab split)
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(1.5);

    private static readonly string s_servers = $"-DnsServer {Place.Resolver.V4}, {Place.Resolver.V6}";

    // Whom a container may ask: it makes no difference.
    private static readonly Place[] s_asked =
    [
        Place.MagicDns, Place.Internet, Place.Lan, Place.HostLan,
        new("gateway", IPAddress.Parse("172.30.2.1"), IPAddress.Parse("2001:db8:d:2::1")),
    ];

    private static int s_names;

    private Lab Lab => split.Lab;

    [Theory, ClassData(typeof(Families))]
    public async Task Every_query_goes_to_the_server_by_the_exit_node_or_nowhere(AddressFamily family)
    {
        await Control(family);
        await Layers.Killswitch(split, s_servers);
        await Lab.Tailscale.Set(new());
        await AllBy([Way.ExitNode], family);
        await Lab.Tailscale.Set(new(ExitNode: false));
        await AllBy([], family);
    }

    [Theory, ClassData(typeof(Families))]
    public async Task Dns_queries_do_not_leave_in_clear_with_the_firewall_alone(AddressFamily family)
    {
        await Control(family);
        await Layers.Killswitch(split, s_servers);
        await Layers.DeleteRouting(Lab);
        await Lab.Tailscale.Set(new());
        await AllBy([Way.ExitNode], family);
        await Lab.Tailscale.Set(new(ExitNode: false));
        await AllBy([], family);

        // Without the translation the filter still refuses whom the container asks. Servers behind the tunnel are left out:
        // a restarted tailscaled puts ts-forward first, which accepts what leaves by the tunnel (docs/known-limits.md).
        await Layers.EmptyDns(Lab);
        await AllBy([], family, s_asked[1..]);
    }

    [Theory, ClassData(typeof(Families))]
    public async Task Dns_queries_do_not_leave_in_clear_with_routing_alone(AddressFamily family)
    {
        await Control(family);
        await Layers.Killswitch(split, s_servers);
        await Layers.EmptyFirewall(Lab);
        await Lab.Tailscale.Set(new(ExitNode: false));
        // The host's own server is asked by INPUT, which no ip rule is about.
        await AllBy([], family, s_asked[..3]);
        await Layers.EmptyDns(Lab);
        await AllBy([], family, s_asked[..3]);
        await Lab.Tailscale.Set(new());
        await AllBy([], family, s_asked[..3]);
        await AllBy([Way.ExitNode], family, [Place.Resolver]);
    }

    [Theory, ClassData(typeof(Families))]
    public async Task A_family_without_a_server_has_no_dns(AddressFamily family)
    {
        await Lab.Tailscale.Set(new());
        bool isV4 = family is AddressFamily.InterNetwork;
        await Layers.Killswitch(split, $"-DnsServer {Place.Resolver.At(family)} -AllowDestination {Place.Lan.V4}, {Place.Lan.V6}");
        await AllBy([Way.ExitNode], family);
        AddressFamily other = isV4 ? AddressFamily.InterNetworkV6 : AddressFamily.InterNetwork;
        await AllBy([], other, [.. s_asked, Place.Resolver]);
        // Other ports are open as before.
        await Expect.Goes(split.Torrents, Place.Lan, Way.Lan);
        await Expect.Goes(split.Torrents, Place.Internet, Way.ExitNode);
    }

    // Without the option a container's names leave in clear when there is no exit node.
    private async Task Control(AddressFamily family)
    {
        await Lab.Tailscale.Set(new(ExitNode: false));
        await Layers.Killswitch(split);
        Assert.Equal([Way.Isp], await Ask(Place.MagicDns.At(family), Protocol.Udp));
    }

    private async Task AllBy(Way[] ways, AddressFamily family, params Place[] asked)
    {
        (Place Place, Protocol Protocol)[] questions =
        [
            .. from place in asked.Length == 0 ? s_asked : asked
               from protocol in (Protocol[])[Protocol.Udp, Protocol.Tcp]
               select (place, protocol),
        ];
        await Lab.Leaks.Reset();
        string[] wrong = [.. (await Task.WhenAll(questions.Select(async question =>
        {
            IReadOnlyList<Way> seen = await Ask(question.Place.At(family), question.Protocol);
            return seen.SequenceEqual(ways) ? null : $"{question.Place} {question.Protocol}: {string.Join(',', seen)}";
        }))).OfType<string>()];
        Assert.Empty(wrong);
        Assert.Equal(LeakCount.None, await Lab.Leaks.Count());
    }

    private async Task<IReadOnlyList<Way>> Ask(IPAddress server, Protocol protocol)
    {
        string name = $"dns-{Interlocked.Increment(ref s_names)}.test";
        using Socket socket = split.Torrents.Namespace.Enter(() => protocol is Protocol.Tcp
            ? new Socket(server.AddressFamily, SocketType.Stream, ProtocolType.Tcp)
            : new Socket(server.AddressFamily, SocketType.Dgram, ProtocolType.Udp));
        using CancellationTokenSource limit = new(s_patience);
        try
        {
            await socket.ConnectAsync(new IPEndPoint(server, Ports.Dns), limit.Token);
            byte[] question = Question(name);
            await socket.SendAsync(
                protocol is Protocol.Tcp ? [0, (byte)question.Length, .. question] : question, limit.Token);
            await socket.ReceiveAsync(new byte[512], limit.Token);
        }
        catch (Exception exception) when (exception is SocketException or OperationCanceledException)
        {
            // Refused or lost; the resolver's notes tell whether it was asked all the same.
        }

        return Lab.Resolver.WaysOf(name);
    }

    // RFC 1035, 4.1: one question for an address.
    private static byte[] Question(string name)
    {
        IEnumerable<byte> labels = name.Split('.').SelectMany(
            label => Encoding.ASCII.GetBytes(label).Prepend((byte)label.Length));
        return [0x12, 0x34, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0, .. labels, 0, 0, 1, 0, 1];
    }
}
