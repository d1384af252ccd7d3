namespace TailSplit.Core.Proving;

/// <summary>How a packet of a container can end.</summary>
[Flags]
public enum Ways
{
    None = 0,

    /// <summary>It stays on its own bridge.</summary>
    Bridge = 1,

    /// <summary>This host takes it.</summary>
    Host = 2,

    /// <summary>It leaves by the tunnel.</summary>
    Tunnel = 4,

    /// <summary>It leaves by any other interface: the ISP, the LAN, another network.</summary>
    Clear = 8,

    /// <summary>It is refused or dropped.</summary>
    Nowhere = 16,
}
