using TailSplit.Core.Model;

namespace TailSplit.Core.Mapping;

/// <summary>The map in sentences, for a reader who can't see the drawing.</summary>
internal static class SvgDescription
{
    public static string Of(HostMap map) => string.Join(
        " ",
        map.Groups
            .Select(group => $"{WayOf(group.Way)}: {string.Join("; ", group.Entries.Select(Describe))}.")
            .Prepend($"{Capital(string.Join(", ", map.Facts))}."));

    private static string WayOf(Egress? way) => way switch
    {
        Egress.Direct => "By the ISP",
        Egress.Tunnel => "By the exit node",
        Egress.Blocked => "Blocked",
        _ => "Not known",
    };

    private static string Describe(MapEntry entry) => string.Join(
        ", ",
        ((string[])
        [
            entry.Name,
            entry.Label,
            entry.State,
            entry.Traffic,
            entry.Containers.IsEmpty ? "" : $"with {string.Join(" and ", entry.Containers)}",
        ]).Where(part => part.Length > 0));

    private static string Capital(string text) =>
        string.Concat(char.ToUpperInvariant(text[0]).ToString(), text.AsSpan(1));
}
