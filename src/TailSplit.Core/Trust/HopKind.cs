namespace TailSplit.Core.Trust;

/// <summary>What one step of a path is.</summary>
public enum HopKind
{
    Folder,
    Link,
    File,

    /// <summary>A pipe, a socket or a device.</summary>
    Other,
}
