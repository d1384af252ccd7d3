using System.Collections.Immutable;
using System.Globalization;
using System.Net;
using TailSplit.Core.Flows;
using TailSplit.Core.Model;
using TailSplit.Execution.Programs;

namespace TailSplit.Tests.Fakes;

/// <summary>The kernel's table of connections, and the program <c>conntrack</c>.</summary>
internal sealed class FakeConntrack
{
    /// <summary>The connections, each as <c>conntrack -L</c> prints it.</summary>
    public List<string> Entries { get; } = [];

    /// <summary>What the program calls itself. Without a family 1.4.5 lists IPv4, and 1.4.7 both.</summary>
    public string Version { get; set; } = "v1.4.7";

    public ProgramResult Run(ProgramCall call)
    {
        if (call.Arguments is ["-L", .. ["-f", "ipv4" or "ipv6"] or []])
        {
            string? family = call.Arguments.ElementAtOrDefault(2) ?? (Version == "v1.4.5" ? "ipv4" : null);
            string[] lines = [.. Entries.Where(entry => entry.Contains("src=", StringComparison.Ordinal)
                && (family is null || IsIPv6(entry) == (family == "ipv6")))];
            return Shown(string.Concat(lines.Select(line => line + "\n")), lines.Length, "shown");
        }

        if (call.Arguments[0] != "-D")
            throw new ToolFailure(2, $"conntrack {Version} (conntrack-tools): Unknown argument in '{call}'");

        int deleted = Entries.RemoveAll(entry => Matches(call.Arguments, entry));
        ProgramResult result = Shown("", deleted, "deleted");
        return deleted > 0 ? result : result with { ExitCode = 1 };
    }

    // conntrack(8): "-D [options]" deletes all that match each option that is given.
    private static bool Matches(ImmutableArray<string> arguments, string entry)
    {
        ConntrackEntry of = ConntrackList.Parse(entry).Single();
        bool ipv6 = false;
        bool matches = true;
        for (int i = 1; i < arguments.Length; i += 2)
        {
            string value = arguments[i + 1];
            ipv6 |= arguments[i] == "-f" && value == "ipv6";
            matches &= arguments[i] switch
            {
                "-f" => value is "ipv4" or "ipv6",
                "-p" => of.Protocol == value,
                "-s" => Cidr.Parse(value).Contains(of.OriginalSource),
                "-d" => Cidr.Parse(value).Contains(of.OriginalDestination),
                "-r" => Address("--reply-src", value).Equals(of.ReplySource),
                "-q" => Address("--reply-dst", value).Equals(of.ReplyDestination),
                string option => of.Selectors.Contains($"{option} {value}"),
            };
        }

        return matches && ipv6 == IsIPv6(entry);
    }

    private static IPAddress Address(string option, string value) => value.Contains('/', StringComparison.Ordinal)
        ? throw new ToolFailure(2, $"conntrack v1.4.7 (conntrack-tools): CIDR notation unavailable for `{option}'")
        : IPAddress.Parse(value);

    private static bool IsIPv6(string entry) =>
        entry.Split("src=")[1].Split(' ')[0].Contains(':', StringComparison.Ordinal);

    private ProgramResult Shown(string output, int count, string verb) => new(0, output, string.Create(
        CultureInfo.InvariantCulture, $"conntrack {Version} (conntrack-tools): {count} flow entries have been {verb}.\n"));
}
