namespace TailSplit.Core.Desired;

/// <summary>The distance between two words.</summary>
internal static class Spelling
{
    /// <summary>The letters of a text, small.</summary>
    public static string Letters(string? text) => string.Concat((text ?? "").Where(char.IsLetter)).ToLowerInvariant();

    /// <summary>Whether these letters are the word with a few mistakes.</summary>
    public static bool IsNear(string letters, string word, int tolerance) =>
        letters.Length <= word.Length + tolerance && Distance(letters, word) <= tolerance;

    // How many letters must be added, left out, replaced or swapped with their neighbour (optimal string alignment).
    private static int Distance(string left, string right)
    {
        int[,] distance = new int[left.Length + 1, right.Length + 1];
        for (int i = 0; i <= left.Length; i++)
        {
            for (int j = 0; j <= right.Length; j++)
            {
                if (i == 0 || j == 0)
                {
                    distance[i, j] = i + j;
                    continue;
                }

                int cost = left[i - 1] == right[j - 1] ? 0 : 1;
                int best = Math.Min(
                    Math.Min(distance[i - 1, j], distance[i, j - 1]) + 1, distance[i - 1, j - 1] + cost);
                if (i > 1 && j > 1 && left[i - 1] == right[j - 2] && left[i - 2] == right[j - 1])
                    best = Math.Min(best, distance[i - 2, j - 2] + 1);

                distance[i, j] = best;
            }
        }

        return distance[left.Length, right.Length];
    }
}
