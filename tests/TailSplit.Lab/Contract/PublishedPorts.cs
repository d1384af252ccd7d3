using System.Net;
using System.Net.Sockets;

namespace TailSplit.Lab.Contract;

/// <summary>Asks the published ports of both policies from everywhere.</summary>
internal static class PublishedPorts
{
    public static async Task Check(SplitLab split, Survey survey, bool allowPublishedPort, bool tunnelUp)
    {
        List<Task> asked = [];
        foreach (AddressFamily family in Destinations.Families)
        {
            foreach ((string who, NetworkNamespace from, IPAddress address) in Askers(split.Lab, family))
            {
                bool reaches = tunnelUp || who != "tailnet";
                bool stranger = who is "LAN" or "WAN";
                asked.Add(Ask(who, from, address, SplitLab.MediaPort, Kind.Bypass, answered: reaches));
                asked.Add(Ask(
                    who, from, address, SplitLab.TorrentsPort, Kind.Killswitch,
                    reaches && (!stranger || (who == "LAN" && allowPublishedPort))));
            }
        }

        await Task.WhenAll(asked);

        async Task Ask(string who, NetworkNamespace from, IPAddress address, int port, Kind kind, bool answered)
        {
            Answer answer = await Probe.AskHttp(from, address, port, Destinations.PatienceFor(answered));
            if (answer.IsAnswered != answered)
            {
                survey.Note(
                    $"published port of {kind}, asked from {who} at {address}: {answer}, " +
                    $"expected {(answered ? "an answer" : "none")}");
            }
        }
    }

    private static IEnumerable<(string Who, NetworkNamespace From, IPAddress Address)> Askers(
        Lab lab, AddressFamily family) =>
    [
        ("LAN", lab.Topology.Lan, Place.HostLan.At(family)),
        ("WAN", lab.Topology.Inet, Place.HostWan.At(family)),
        ("tailnet", lab.Topology.Exit, Place.HostTailnet.At(family)),
        ("the host's own address", lab.Host, Place.HostLan.At(family)),
        ("loopback", lab.Host, Place.HostLoopback.At(family)),
    ];
}
