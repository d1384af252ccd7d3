using System.Globalization;
using System.Text.RegularExpressions;

namespace TailSplit.Lab.Transitions;

/// <summary>The host's tracked connections, by the tuple that each began with.</summary>
internal static partial class TrackedFlows
{
    // A flow with less time left may end by itself while a policy is applied.
    private const int Seconds = 10;

    /// <summary>All that are there.</summary>
    public static Task<HashSet<string>> Of(Lab lab) => Of(lab, 0);

    /// <summary>Those that will be there for a while yet, if nobody ends them.</summary>
    public static Task<HashSet<string>> Lasting(Lab lab) => Of(lab, Seconds);

    private static async Task<HashSet<string>> Of(Lab lab, int seconds)
    {
        HashSet<string> flows = [];
        foreach (string family in (string[])["ipv4", "ipv6"])
        {
            ProgramOutput output = await lab.Host.Run("conntrack", ["-L", "-f", family]);
            flows.UnionWith(Entry().Matches(output.Output)
                .Where(flow => int.Parse(flow.Groups[2].Value, CultureInfo.InvariantCulture) >= seconds)
                .Select(flow => $"{flow.Groups[1].Value} {flow.Groups[3].Value}"));
        }

        return flows;
    }

    // "tcp      6 431999 ESTABLISHED src=... dst=... sport=... dport=... src=..."
    [GeneratedRegex(@"^(tcp|udp) +\d+ (\d+) .*?(src=\S+ dst=\S+ sport=\d+ dport=\d+)", RegexOptions.Multiline)]
    private static partial Regex Entry();
}
