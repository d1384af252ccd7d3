using TailSplit.Core.Model;
using TailSplit.Tests.Core.Generators;

namespace TailSplit.Tests.Core.Documents;

/// <summary>Policies that between them have every option, every kind of target and every origin.</summary>
internal static class ExportSamples
{
    public static IReadOnlyList<Policy> Policies { get; } =
    [
        Samples.Killswitch("torrents", Samples.Network("torrents", "br-torrents", "172.19.0.0/16", "fd00:19::/64")) with
        {
            AllowDestination = Samples.Cidrs("192.168.1.0/24", "203.0.113.7", "fd12:3456::/48"),
            AllowPublishedPort = true,
            Action = BlockAction.Reject,
            BlockHost = true,
            Origin = PolicyOrigin.Labels,
        },
        Samples.Bypass("films", Samples.Network("media", "br-media", "172.18.0.0/16")) with
        {
            Exclude = Samples.Cidrs("198.51.100.0/24"),
            Origin = PolicyOrigin.OfFile("/etc/tailsplit/policy.json"),
        },
        Samples.Bypass("games", Samples.Target("br-games", "172.20.0.0/16"))
            with { Mechanism = Mechanism.Route, Tunnel = InterfaceName.Parse("ts7") },
        Samples.Killswitch("lab", Samples.Target(null, "10.99.0.0/16")),
    ];
}
