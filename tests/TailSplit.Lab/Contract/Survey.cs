using System.Net.Sockets;

namespace TailSplit.Lab.Contract;

/// <summary>Asks everywhere at once, and tells where the answers were not those of the contract.</summary>
public sealed class Survey(SplitLab split)
{
    private readonly List<string> _wrong = [];

    /// <summary>What was wrong, a line each.</summary>
    public IReadOnlyList<string> Wrong => _wrong;

    /// <summary>The ways from the ordinary network, to compare before and after.</summary>
    public async Task<IReadOnlyDictionary<string, Way>> OfOrdinary()
    {
        IEnumerable<Task<(string, Way)>> asked = Destinations.All.SelectMany(to => Destinations.Families.Select(
            async family => ($"{to} {family}", (await Lab.Ask(split.Plain, to.At(family))).Way)));
        return (await Task.WhenAll(asked)).ToDictionary(answer => answer.Item1, answer => answer.Item2);
    }

    public async Task CheckPolicies(string when, TailscaleState state, bool tunnelUp = true)
    {
        List<Task> asked = [];
        foreach (Kind kind in (Kind[])[Kind.Bypass, Kind.Killswitch])
        {
            foreach (Place to in Destinations.All)
            {
                foreach (AddressFamily family in Destinations.Families)
                {
                    asked.Add(Check(when, kind, to, family, Destinations.Allowed(kind, to, state, tunnelUp)));
                }
            }
        }

        await Task.WhenAll(asked);
    }

    public async Task CheckOrdinary(string when, IReadOnlyDictionary<string, Way> before)
    {
        IReadOnlyDictionary<string, Way> now = await OfOrdinary();
        foreach (Place to in Destinations.All)
        {
            foreach (AddressFamily family in Destinations.Families)
            {
                string question = $"{to} {family}";
                if (now[question] == before[question])
                {
                    continue;
                }

                Way way = await Patiently(to, family);
                if (way != before[question])
                {
                    Note($"{when}: ordinary -> {question}: {way}, was {before[question]}");
                }
            }
        }
    }

    // Where an answer was and now is none, the machine may just have been busy elsewhere.
    private async Task<Way> Patiently(Place to, AddressFamily family) =>
        (await Probe.Ask(split.Plain, to.At(family), patience: TimeSpan.FromSeconds(4))).Way;

    private async Task Check(string when, Kind kind, Place to, AddressFamily family, IReadOnlyList<Way> allowed)
    {
        Container from = kind == Kind.Bypass ? split.Media : split.Torrents;
        Answer answer = await Probe.Ask(from, to.At(family), patience: Destinations.PatienceFor(allowed));
        if (!allowed.Contains(answer.Way))
        {
            Note($"{when}: {kind} -> {to} {family}: {answer}, allowed {string.Join('/', allowed)}");
        }
    }

    internal void Note(string line)
    {
        lock (_wrong)
        {
            _wrong.Add(line);
        }
    }
}
