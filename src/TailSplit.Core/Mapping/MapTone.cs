namespace TailSplit.Core.Mapping;

/// <summary>The kind of a piece of the map, for its colour.</summary>
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
