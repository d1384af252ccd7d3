using TailSplit.Core.Model;

namespace TailSplit.Core.Kernel;

/// <summary>A route as <c>ip -j route</c> prints it.</summary>
/// <param name="Destination">A prefix, or "default".</param>
/// <param name="Device">The interface; null for routes without one, such as throw.</param>
/// <param name="Type">Such as "throw" or "unreachable"; null for an ordinary route.</param>
public sealed record HostRoute(string Destination, string? Device, string? Type)
{
    public IpFamily Family { get; init; } = IpFamily.IPv4;

    /// <summary>The destination as a prefix; null for the default route and for any other text.</summary>
    public Cidr? Prefix => Cidr.TryParse(Destination, out Cidr prefix) ? prefix : null;

    public bool IsDefault => Destination == "default";
}
