namespace TailSplit.Core.Desired;

/// <summary>
/// Whether a text that is not a policy asks for a killswitch all the same: <c>Kill-Switch</c>, <c>kill switch</c>,
/// <c>kilswich</c>. Its author believes the network to be closed, so it is closed.
/// </summary>
public static class KillswitchSpelling
{
    private const string Word = "killswitch";

    // One mistake in three letters; "bypass" and "switch" alone are further away.
    private const int Tolerance = 3;

    public static bool IsMeant(string? text)
    {
        string letters = string.Concat((text ?? "").Where(char.IsLetter)).ToLowerInvariant();
        return letters.Contains("kill", StringComparison.Ordinal)
            || (letters.Length <= Word.Length + Tolerance && Distance(letters, Word) <= Tolerance);
    }

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
