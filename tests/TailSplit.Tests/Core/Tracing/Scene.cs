using System.Collections.Immutable;
using System.Net;
using TailSplit.Core.Iptables;
using TailSplit.Core.Kernel;
using TailSplit.Core.Listing;
using TailSplit.Core.Model;
using TailSplit.Core.Tracing;
using TailSplit.Core.Tracing.Native;
using TailSplit.Core.Tracing.Walk;
using TailSplit.Tests.Core.ModelKernel;

namespace TailSplit.Tests.Core.Tracing;

/// <summary>A host of one bridge, <c>br-a</c> (172.30.1.0/24), written down as its own tools print it.</summary>
internal sealed record Scene
{
    public const string Routes = """
        [{"dst":"default","gateway":"203.0.113.1","dev":"eth0","flags":[]},
        {"dst":"172.30.1.0/24","dev":"br-a","protocol":"2","scope":"253","prefsrc":"172.30.1.1","flags":[]},
        {"dst":"172.30.2.0/24","dev":"br-b","flags":[]},
        {"dst":"203.0.113.0/24","dev":"eth0","flags":[]},
        {"dst":"default","dev":"tailscale0","table":"52","flags":[]},
        {"type":"9","dst":"10.0.0.0/24","table":"52","flags":[]},
        {"dst":"10.77.0.0/24","dev":"tailscale0","table":"52","flags":[]},
        {"type":"7","dst":"10.66.0.0/24","flags":[]},
        {"dst":"10.0.0.0/24","dev":"lan0","flags":[]},
        {"type":"2","dst":"127.0.0.0/8","dev":"lo","table":"255","flags":[]},
        {"type":"2","dst":"172.30.1.1","dev":"br-a","table":"255","flags":[]},
        {"type":"2","dst":"203.0.113.2","dev":"eth0","table":"255","flags":[]},
        {"type":"3","dst":"203.0.113.255","dev":"eth0","table":"255","flags":[]}]
        """;

    public static ImmutableArray<Cidr> Network { get; } = [Cidr.Parse("172.30.1.0/24")];

    /// <summary>What iptables-save prints.</summary>
    public string Firewall { get; init; } = "";

    /// <summary>What <c>ip -N -j rule</c> prints between the first rule and those of main and default.</summary>
    public string Rules { get; init; } = """{"priority":5270,"src":"all","table":"52"}""";

    public string AllRoutes { get; init; } = Routes;

    /// <summary>What <c>nft -j list ruleset</c> prints.</summary>
    public string? Nft { get; init; }

    /// <summary>What iptables-save prints of the other store.</summary>
    public string OtherFirewall { get; init; } = "";

    public FirewallStore? Store { get; init; }

    public BridgeSettings Settings { get; init; } = new();

    /// <summary>Rules of a model kernel instead, whose bridges are all there.</summary>
    public KernelModel? Kernel { get; init; }

    public PacketTrace Trace(
        string destination, PacketProtocol protocol = PacketProtocol.Tcp, int port = 443, string source = "172.30.1.2")
    {
        string rules = Kernel?.Routing[IpFamily.IPv4].Json()
            .Replace(",\"iif_detached\":null", "", StringComparison.Ordinal) ?? $$"""
            [{"priority":0,"src":"all","table":"255"},{{Rules}}{{(Rules.Length > 0 ? "," : "")}}
            {"priority":32766,"src":"all","table":"254"},{"priority":32767,"src":"all","table":"253"}]
            """;
        TraceHost host = new(IpFamily.IPv4)
        {
            Firewall = SavedRuleset.Parse(Kernel?.Firewall[IpFamily.IPv4].Save(counters: true) ?? Firewall),
            Rules = RoutingRuleJson.Parse(IpFamily.IPv4, rules),
            Routes = LiveRouteJson.Parse(IpFamily.IPv4, AllRoutes),
            Settings = Settings,
            Store = Store,
            OtherFirewall = SavedRuleset.Parse(OtherFirewall),
            Native = new NativeView { Ruleset = Nft is null ? NativeRuleset.Empty : NativeRuleset.Parse(Nft) },
        };
        Packet packet = new(
            "br-a", IPAddress.Parse(source), IPAddress.Parse(destination), protocol,
            protocol == PacketProtocol.Icmp ? 0 : port);
        return PacketTracer.Trace(host, packet, Network);
    }
}
