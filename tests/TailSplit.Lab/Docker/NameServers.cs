namespace TailSplit.Lab;

/// <summary>Name servers for dockerd's <c>--dns</c>.</summary>
internal static class NameServers
{
    /// <summary>
    /// Asked from a container's own network. Without one, Engine 28 asks from the host, of which New-TailSplitKillswitch
    /// warns.
    /// </summary>
    public static IReadOnlyList<string> OfItsOwn { get; } = [$"{Place.Resolver.V4}"];
}
