namespace TailSplit.Lab.Probing;

/// <summary>A result of the probe, as the prompt printed it.</summary>
public sealed record ProbeRow(string Status, string Policy, string Detail, string Remedy)
{
    public static ProbeRow Parse(string line)
    {
        string[] parts = line.Split('|');
        return new(parts[0], parts[1], parts[2], parts[3]);
    }

    public override string ToString() => $"{Policy} {Status}: {Detail} {Remedy}";
}
