using System.Net;
using TailSplit.Lab.Contract;

namespace TailSplit.Lab.Options;

/// <summary>Asks in both families and by both protocols at once, and asserts what became of it.</summary>
internal static class Expect
{
    public static Task Goes(NetworkNamespace from, Place to, Way way, int port = Ports.Http) =>
        All(from, Both(to), port, answer => answer.Way == way, $"{way}", answered: true);

    public static Task Stops(NetworkNamespace from, Place to, int port = Ports.Http) => Stops(from, Both(to), port);

    public static Task Goes(NetworkNamespace from, IEnumerable<IPAddress> to, Way way, int port = Ports.Http) =>
        All(from, to, port, answer => answer.Way == way, $"{way}", answered: true);

    public static Task Stops(NetworkNamespace from, IEnumerable<IPAddress> to, int port = Ports.Http) =>
        All(from, to, port, answer => !answer.IsAnswered, "no answer", answered: false);

    private static IEnumerable<IPAddress> Both(Place place) => Destinations.Families.Select(place.At);

    private static async Task All(
        NetworkNamespace from, IEnumerable<IPAddress> to, int port, Func<Answer, bool> isRight, string expected,
        bool answered)
    {
        string[] wrong = [.. (await Task.WhenAll(
            from address in to
            from protocol in (Protocol[])[Protocol.Tcp, Protocol.Udp]
            select Ask(address, protocol))).OfType<string>()];
        Assert.Empty(wrong);

        async Task<string?> Ask(IPAddress address, Protocol protocol)
        {
            Answer answer = await Probe.Ask(from, address, protocol, port, Destinations.PatienceFor(answered));
            return isRight(answer) ? null : $"{from} -> {address} {protocol} {port}: {answer}, expected {expected}";
        }
    }
}
