namespace TailSplit.Core.Diagnosis;

/// <summary>Lists within a detail for a terminal: the first items, and the number of the rest.</summary>
internal static class ListText
{
    private const int Longest = 4;

    public static string Of<T>(IEnumerable<T> items)
    {
        string[] texts = [.. items.Select(item => item?.ToString() ?? "")];
        return texts.Length <= Longest + 1
            ? string.Join(", ", texts)
            : $"{string.Join(", ", texts.Take(Longest))} and {texts.Length - Longest} more";
    }

    /// <summary>"container" or "containers".</summary>
    public static string Plural(int count, string noun) => count == 1 ? noun : noun + "s";
}
