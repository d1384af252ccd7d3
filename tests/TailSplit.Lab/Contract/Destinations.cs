using System.Net.Sockets;

namespace TailSplit.Lab.Contract;

/// <summary>Where containers send to, and the ways that docs/traffic.md allows for it.</summary>
public static class Destinations
{
    public static IReadOnlyList<AddressFamily> Families { get; } =
        [AddressFamily.InterNetwork, AddressFamily.InterNetworkV6];

    public static IReadOnlyList<Place> All { get; } =
        [Place.Internet, Place.Tailnet, Place.MagicDns, Place.SubnetRoute, Place.Lan];

    // Refused at once, but for what the kernel's limit on ICMP errors leaves unsaid (net/ipv4/route.c, ip_error: a
    // burst of five, then one a second, for each sender). RefusalTests asks once and slowly.
    private static readonly Way[] s_stopped = [Way.Refused, Way.Nowhere];

    // Nobody waits long for an answer that must not come; one that must may take its time on a busy machine.
    private static readonly TimeSpan s_forSilence = TimeSpan.FromMilliseconds(300);
    private static readonly TimeSpan s_forAnswer = TimeSpan.FromSeconds(3);

    /// <summary>What may become of a question, in this state of Tailscale.</summary>
    /// <param name="kind">Bypass or Killswitch.</param>
    /// <param name="to">One of <see cref="All"/>.</param>
    /// <param name="state">What was asked of Tailscale.</param>
    /// <param name="tunnelUp">False once the daemon has crashed.</param>
    public static IReadOnlyList<Way> Allowed(Kind kind, Place to, TailscaleState state, bool tunnelUp = true)
    {
        bool tailnet = to == Place.Tailnet || to == Place.MagicDns || to == Place.SubnetRoute;
        return kind switch
        {
            _ when tailnet => tunnelUp ? [Way.Tailnet] : s_stopped,
            Kind.Bypass => to == Place.Lan ? [Way.Lan] : [Way.Isp],
            Kind.Killswitch when to == Place.Lan => s_stopped,
            Kind.Killswitch => state.ExitNode && tunnelUp ? [Way.ExitNode] : s_stopped,
            _ => throw new ArgumentOutOfRangeException(nameof(kind)),
        };
    }

    public static TimeSpan PatienceFor(IReadOnlyList<Way> allowed) =>
        allowed.All(s_stopped.Contains) ? s_forSilence : s_forAnswer;

    public static TimeSpan PatienceFor(bool answered) => answered ? s_forAnswer : s_forSilence;
}
