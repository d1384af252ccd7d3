namespace TailSplit.Core.Mapping;

/// <summary>What a piece of the map is, for its colour.</summary>
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
