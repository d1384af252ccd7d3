namespace TailSplit.Core.Text;

/// <summary>
/// The values of an enumeration as labels, files and sentences write them: their names in lower case, and nothing else.
/// </summary>
public static class ChoiceText
{
    public static string Of<T>(T value)
        where T : struct, Enum => value.ToString().ToLowerInvariant();

    public static bool TryParse<T>(string? text, out T value)
        where T : struct, Enum
    {
        foreach (T choice in Enum.GetValues<T>())
        {
            if (string.Equals(Of(choice), text, StringComparison.Ordinal))
            {
                value = choice;
                return true;
            }
        }

        value = default;
        return false;
    }

    /// <summary>All of them for a sentence: 'mark', 'route'.</summary>
    public static string List<T>()
        where T : struct, Enum => string.Join(", ", Enum.GetValues<T>().Select(value => $"'{Of(value)}'"));
}
