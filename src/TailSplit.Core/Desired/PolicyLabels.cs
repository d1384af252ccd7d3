using System.Collections.Immutable;
using TailSplit.Core.Model;

namespace TailSplit.Core.Desired;

/// <summary>The labels by which a Docker network says its policy: one for the kind, and one for each option.</summary>
public static class PolicyLabels
{
    public const string Policy = "tailsplit.policy";
    public const string Name = "tailsplit.name";
    public const string TunnelInterface = "tailsplit.tunnel-interface";
    public const string Exclude = "tailsplit.exclude";
    public const string Mechanism = "tailsplit.mechanism";
    public const string AllowDestination = "tailsplit.allow-destination";
    public const string AllowPublishedPort = "tailsplit.allow-published-port";
    public const string DnsServer = "tailsplit.dns-server";
    public const string Action = "tailsplit.action";
    public const string BlockHost = "tailsplit.block-host";
    public const string FirewallBackend = "tailsplit.firewall-backend";

    private const string Word = "tailsplit";

    // "tailscale" is four away.
    private const int Tolerance = 2;

    /// <summary>Every label that there is.</summary>
    public static ImmutableArray<string> All { get; } =
    [
        Policy, Name, TunnelInterface, Exclude, Mechanism, AllowDestination, AllowPublishedPort, DnsServer, Action,
        BlockHost, FirewallBackend,
    ];

    /// <summary>
    /// Whether a label means TailSplit, rightly spelled or not: <c>Tail-Split.policy</c>, <c>tailspilt.policy</c>,
    /// <c>tailsplit-policy</c>.
    /// </summary>
    public static bool IsOurs(string label) =>
        Spelling.IsNear(Spelling.Letters(label.Split('.')[0]), Word, Tolerance)
        || Spelling.IsNear(Spelling.Letters(label.Split('.', '-', '_', '/', ':')[0]), Word, Tolerance);

    /// <summary>The kind of policy that alone has this option; null for what both have.</summary>
    public static PolicyKind? KindOf(string label) => label switch
    {
        Exclude or Mechanism => PolicyKind.Bypass,
        AllowDestination or AllowPublishedPort or DnsServer or Action or BlockHost => PolicyKind.Killswitch,
        _ => null,
    };
}
