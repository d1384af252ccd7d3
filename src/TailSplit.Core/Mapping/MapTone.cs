namespace TailSplit.Core.Mapping;

/// <summary>What a piece of the map is, for whoever colours it.</summary>
public enum MapTone
{
    Title,
    Direct,
    Tunnel,
    Blocked,
    Unknown,
    Name,
    Faint,
    Alert,
}
