using TailSplit.Core.Hosts;
using TailSplit.Core.Model;
using TailSplit.Core.Rules;
using TailSplit.Core.Tracing.Native;

namespace TailSplit.Core.Tracing.Walk;

/// <summary>A host prepared for traces of any number of packets.</summary>
public sealed class TraceInput
{
    private readonly Dictionary<Rule, RuleOwner?> _owners = [];
    private readonly NativeView _native;

    /// <param name="host">The host, read with its routes of all tables.</param>
    public TraceInput(Host host)
    {
        Host = host;
        // Without root the trace has no firewall, and says so.
        _native = host.Firewall.Unread is not null ? NativeView.Nothing : host.Firewall.Native with
        {
            Unseen = [.. host.Firewall.Native.Unseen, .. UnseenIptables(host.Firewall)],
        };
        foreach (OwnedRule rule in host.Policies.SelectMany(policy => policy.Rules))
            _owners.TryAdd(rule.Rule, rule.Owner);
    }

    public Host Host { get; }

    // Without the iptables programs, no program has written iptables rules.
    private static IEnumerable<string> UnseenIptables(HostFirewall firewall)
    {
        if (firewall.Backends.IptablesTrouble is { Kind: not FailureKind.NotInstalled } trouble)
            yield return $"the rules of iptables: {trouble.Message}";

        if (firewall.OtherUnread is string unread)
            yield return $"the rules of the other iptables store: {unread}";
    }

    /// <summary>Traces a packet that comes from a network.</summary>
    public PacketTrace Trace(Packet packet, TraceNetwork network)
    {
        PacketTrace trace = PacketTracer.Trace(For(packet.Family, network.Bridge), packet, network.Subnets);
        return Host.Routing.Interfaces.Any(link => link.Name == network.Bridge.ToString())
            ? trace
            : trace.WithUnsure($"the interface {network.Bridge} does not exist now, so no packet enters by it");
    }

    /// <summary>The rules and settings for packets of a family that enter by a bridge.</summary>
    public TraceHost For(IpFamily family, InterfaceName bridge) => new(family)
    {
        Firewall = Host.Firewall.Unread is null ? Host.Live.Iptables.Saved(family) : null,
        Store = Host.Firewall.ToolsOf(family).Store,
        OtherFirewall = Host.Firewall.OtherOf(family),
        Native = _native,
        Rules = [.. Host.Live.AllRouting.Where(rule => rule.Family == family)],
        Routes = Host.Routing.Tables?.GetValueOrDefault(family) is { IsDefault: false } routes ? routes : [],
        Owners = _owners,
        Tunnel = Host.Tunnel.Name ?? Host.Environment.Provider.Interface,
        NameServers = Host.Environment.Provider.NameServers,
        Settings = Host.Kernel.SettingsOf(family, bridge),
    };
}
