using System.Net;
using TailSplit.Core.Model;
using TailSplit.Core.Proving;
using Xunit;

namespace TailSplit.Tests.Core.Proving;

public sealed class AddressClassesTests
{
    [Fact]
    public void Every_piece_between_prefixes_has_one_address() => Assert.Equal(
        ["1.0.0.0", "10.0.0.0", "10.1.0.0", "10.2.0.0", "11.0.0.0", "128.0.0.0"],
        AddressClasses.Of(IpFamily.IPv4, [Cidr.Parse("10.0.0.0/8"), Cidr.Parse("10.1.0.0/16")]).Select(address => address.ToString()));

    [Fact]
    public void Inside_a_prefix_only_its_own_pieces_count() => Assert.Equal(
        ["172.18.0.0", "172.18.0.5", "172.18.0.6"],
        AddressClasses.Of(IpFamily.IPv4, [Cidr.Parse("172.18.0.5/32"), Cidr.Parse("10.0.0.0/8")], Cidr.Parse("172.18.0.0/16"))
            .Select(address => address.ToString()));

    [Fact]
    public void Destinations_that_no_router_forwards_are_left_out() => Assert.DoesNotContain(
        AddressClasses.Of(IpFamily.IPv6, [Cidr.Parse("ff02::1/128"), Cidr.Parse("::1/128")]),
        address => address.IsIPv6Multicast || IPAddress.IsLoopback(address));

    [Fact]
    public void Addresses_of_one_piece_lie_in_the_same_prefixes()
    {
        Cidr[] prefixes = [Cidr.Parse("10.0.0.0/8"), Cidr.Parse("10.64.0.0/10"), Cidr.Parse("203.0.113.7/32"), Cidr.Parse("128.0.0.0/1")];
        IPAddress[] pieces = [.. AddressClasses.Of(IpFamily.IPv4, prefixes)];
        for (int i = 0; i < 256; i++)
        {
            IPAddress any = new([(byte)(1 + (i % 223)), (byte)(i * 37), (byte)(i * 11), (byte)i]);
            if (IPAddress.IsLoopback(any))
                continue;

            Assert.Contains(pieces, piece => Array.TrueForAll(prefixes, prefix => prefix.Contains(piece) == prefix.Contains(any)));
        }
    }
}
