namespace TailSplit.Lab;

/// <summary>A network that dockerd made.</summary>
public sealed record DockerNetwork(string Name, string Id, NetworkOptions Options)
{
    /// <summary>The bridge interface on the host.</summary>
    public string Bridge => Options.Bridge ?? $"br-{Id[..12]}";

    public override string ToString() => Name;
}
