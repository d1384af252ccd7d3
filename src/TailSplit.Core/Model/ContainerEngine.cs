namespace TailSplit.Core.Model;

/// <summary>A program that creates networks and runs containers on a host.</summary>
public enum ContainerEngine
{
    /// <summary>Docker Engine.</summary>
    Docker,

    /// <summary>Podman as root (rootful), whose networks are netavark's bridges on the host.</summary>
    Podman,
}
