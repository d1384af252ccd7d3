using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using TailSplit.Core.Json;
using TailSplit.Core.Kernel;
using TailSplit.Core.Rules;

namespace TailSplit.Core.Tracing;

/// <summary>The kernel's own answer for a packet: what <c>ip -j route get</c> printed.</summary>
/// <param name="Device">The interface; null for a refusal.</param>
/// <param name="IsLocal">Whether the packet is for the host.</param>
/// <param name="Text">The answer in short.</param>
public sealed record RouteAnswer(string? Device, bool IsLocal, string Text)
{
    private const string RefusalPrefix = "RTNETLINK answers: ";

    public bool IsRefusal => Device is null;

    public override string ToString() => Text;

    /// <summary>Reads the answer; null for none.</summary>
    /// <exception cref="TailSplitException">UnreadableOutput.</exception>
    public static RouteAnswer? Parse(string json)
    {
        ImmutableArray<RouteAnswer> answers = JsonText.ReadList("ip -j route get", json, Read);
        return answers.IsEmpty ? null : answers[0];
    }

    /// <summary>
    /// The errors of prohibit, blackhole and unreachable; null for an error that is not an answer of the kernel.
    /// </summary>
    public static RouteAnswer? OfError(string error)
    {
        string line = error.Trim();
        return line.StartsWith(RefusalPrefix, StringComparison.Ordinal)
            ? new RouteAnswer(null, false, line[RefusalPrefix.Length..])
            : null;
    }

    private static RouteAnswer? Read(JsonElement element)
    {
        if (element.Text("dev") is not string device)
            return null;

        bool isLocal =
            element.Text("type") is "local" or "2" or "broadcast" or "3" or "anycast" or "4" or "multicast" or "5";
        string via = (element.Text("gateway") ?? element.Property("via")?.Text("host")) is string gateway
            ? $"via {gateway} "
            : "";
        string table = element.Text("table") switch
        {
            null => KernelTable.NameOf(RoutingRule.MainTable),
            string text => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int number)
                ? KernelTable.NameOf(number)
                : text,
        };
        return new RouteAnswer(device, isLocal, isLocal ? "local" : $"{via}dev {device} table {table}");
    }
}
