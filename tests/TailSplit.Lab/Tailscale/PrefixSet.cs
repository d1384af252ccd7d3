using System.Net;

namespace TailSplit.Lab;

/// <summary>
/// The smallest list of prefixes with the same addresses, as Go's netipx.IPSet has it: 172.18.0.0/16 and 172.19.0.0/16
/// become 172.18.0.0/15.
/// </summary>
internal static class PrefixSet
{
    public static IReadOnlyList<IPNetwork> Merge(IEnumerable<IPNetwork> prefixes)
    {
        HashSet<IPNetwork> merged = [.. prefixes];
        bool changed;
        do
        {
            changed = merged.RemoveWhere(prefix => merged.Any(other => Covers(other, prefix))) > 0;
            IPNetwork? lower = merged
                .Where(prefix => prefix.PrefixLength > 0 && Parent(prefix).BaseAddress.Equals(prefix.BaseAddress))
                .Where(prefix => merged.Any(other => other != prefix && Parent(other) == Parent(prefix)))
                .Select(prefix => (IPNetwork?)prefix)
                .FirstOrDefault();
            if (lower is { } half)
            {
                merged.RemoveWhere(prefix => prefix.PrefixLength == half.PrefixLength && Parent(prefix) == Parent(half));
                changed |= merged.Add(Parent(half));
            }
        }
        while (changed);

        return [.. merged];
    }

    private static bool Covers(IPNetwork wide, IPNetwork narrow) =>
        wide.PrefixLength < narrow.PrefixLength
        && wide.BaseAddress.AddressFamily == narrow.BaseAddress.AddressFamily
        && wide.Contains(narrow.BaseAddress);

    private static IPNetwork Parent(IPNetwork prefix)
    {
        byte[] bytes = prefix.BaseAddress.GetAddressBytes();
        int length = Math.Max(prefix.PrefixLength - 1, 0);
        bytes[length / 8] &= (byte)~(0x80 >> (length % 8));
        return new(new IPAddress(bytes), length);
    }
}
