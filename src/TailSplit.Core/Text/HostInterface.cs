using System.Collections.Immutable;
using System.Net;
using TailSplit.Core.Model;

namespace TailSplit.Core.Text;

/// <summary>An address on an interface, with the prefix that is on-link there.</summary>
public sealed record InterfaceAddress(IPAddress Address, int PrefixLength)
{
    public Cidr Network => Cidr.Of(Address, PrefixLength);
}

/// <summary>A network interface of the host as <c>ip -j address</c> tells it.</summary>
public sealed record HostInterface(string Name, ImmutableArray<InterfaceAddress> Addresses)
{
    /// <summary>The largest packet that it takes; 0 where <c>ip</c> does not say.</summary>
    public int Mtu { get; init; }
}
