using System.Collections.Immutable;
using System.Net;
using TailSplit.Core.Hosts;
using TailSplit.Core.Iptables;
using TailSplit.Core.Kernel;
using TailSplit.Core.Model;
using TailSplit.Core.Tracing;
using TailSplit.Core.Tracing.Walk;

namespace TailSplit.Core.Diagnosis;

/// <summary>
/// The way of the first packet from a container to the internet through the firewall: whether it passes, and whether it
/// leaves with an address of the host.
/// </summary>
internal sealed class OutwardPacket
{
    private static readonly ImmutableDictionary<IpFamily, IPAddress> s_somewhere = new Dictionary<IpFamily, IPAddress>
    {
        // Addresses for documentation (RFC 5737, RFC 3849), which no rule names.
        [IpFamily.IPv4] = IPAddress.Parse("192.0.2.1"),
        [IpFamily.IPv6] = IPAddress.Parse("2001:db8::1"),
    }.ToImmutableDictionary();

    private OutwardPacket(string bridge, Cidr subnet, string device) =>
        (Bridge, Subnet, Device) = (bridge, subnet, device);

    public string Bridge { get; }

    public Cidr Subnet { get; }

    /// <summary>The interface by which it leaves.</summary>
    public string Device { get; }

    /// <summary>The command of the rule or policy that stops it; null for none.</summary>
    public string? BlockedBy { get; private init; }

    /// <summary>Whether a rule gives it an address of the host.</summary>
    public bool IsTranslated { get; private init; }

    /// <summary>Whether rules exist that can't be evaluated, so the result is uncertain.</summary>
    public bool IsUnsure { get; private init; }

    /// <summary>Null if the host has no way to the internet in this family.</summary>
    public static OutwardPacket? Of(Host host, string bridge, Cidr subnet, bool isBypassed)
    {
        IpFamily family = subnet.Family;
        string? device = !isBypassed && host.Tunnel.Defaults.Contains(family)
            ? host.Tunnel.Name?.ToString()
            : host.Routing.MainRoutes.FirstOrDefault(
                route => route.IsDefault && route.Family == family && route.Device is not null)?.Device;
        if (device is null)
            return null;

        TraceLog trail = new(
            ImmutableDictionary<Rules.Rule, Rules.RuleOwner?>.Empty,
            ImmutableDictionary<KernelRoutingRule, Rules.RoutingRule>.Empty);
        RouteTables tables = new([]);
        TraceHost traced = new(family)
        {
            Firewall = host.Live.Iptables.Saved(family),
            OtherFirewall = host.Firewall.OtherOf(family),
            Store = host.Firewall.Store ?? FirewallStore.NfTables,
            Native = host.Firewall.Native,
            Rules = [],
            Routes = [],
        };
        FirewallWalk walk = new(FirewallChains.Of(traced, tables, new AddressTypes(tables)), trail);
        Packet packet = new(bridge, subnet.Inside(), s_somewhere[family], PacketProtocol.Tcp, 443)
        {
            Out = device,
            Tracking = Tracking.Tracked,
            Mark = isBypassed ? host.Environment.EscapeMark.Value : 0,
        };
        bool passes = walk.Passes(Hook.Forward, ref packet);
        string? blocker = passes ? null : trail.Last?.CommandLine;
        walk.Passes(Hook.Postrouting, ref packet);
        return new OutwardPacket(bridge, subnet, device)
        {
            BlockedBy = blocker,
            IsTranslated = packet.SourceTranslation is not null,
            IsUnsure = trail.Unsure.Count > 0 || !host.Firewall.Native.Unseen.IsEmpty,
        };
    }
}
