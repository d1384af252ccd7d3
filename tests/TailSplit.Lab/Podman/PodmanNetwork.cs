namespace TailSplit.Lab;

/// <summary>A network that Podman made. Its bridge is there while a container is.</summary>
public sealed record PodmanNetwork(string Name, string Id, string Bridge)
{
    public override string ToString() => Name;
}
