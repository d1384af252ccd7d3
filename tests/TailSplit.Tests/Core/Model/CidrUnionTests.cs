using System.Collections.Immutable;
using System.Net;
using CsCheck;
using TailSplit.Core.Model;
using TailSplit.Tests.Core.Generators;
using Xunit;

namespace TailSplit.Tests.Core.Model;

public sealed class CidrUnionTests
{
    // Few enough addresses that prefixes often are adjacent: 10.0.0.0/28 and its IPv6 like.
    private static readonly Gen<Cidr[]> s_sets = Gen.OneOf(
        Gen.Select(Gen.Int[0, 15], Gen.Int[28, 32], (last, length) => Cidr.Of(Four((byte)last), length)),
        Gen.Select(Gen.Int[0, 15], Gen.Int[124, 128], (last, length) => Cidr.Of(Six((byte)last), length))).Array[0, 12];

    [Theory]
    [InlineData("", "")]
    [InlineData("172.17.0.0/16 172.18.0.0/16", "172.17.0.0/16 172.18.0.0/16")]
    [InlineData("172.18.0.0/16 172.19.0.0/16", "172.18.0.0/15")]
    [InlineData("172.19.0.0/16 172.16.0.0/16 172.18.0.0/16 172.17.0.0/16", "172.16.0.0/14")]
    [InlineData("10.0.0.0/25 10.0.0.128/25 10.0.1.0/24 fd00::/64", "10.0.0.0/23 fd00::/64")]
    [InlineData("10.0.0.0/8 10.1.0.0/16", "10.0.0.0/8")]
    [InlineData("0.0.0.0/1 128.0.0.0/1", "0.0.0.0/0")]
    [InlineData("fd00::/65 fd00:0:0:0:8000::/65", "fd00::/64")]
    public void Adjacent_prefixes_become_one(string prefixes, string union) =>
        Assert.Equal(Parse(union), CidrUnion.Of(Parse(prefixes)));

    [Fact]
    public void The_union_holds_exactly_the_same_addresses() => s_sets.Sample(prefixes =>
    {
        ImmutableArray<Cidr> union = CidrUnion.Of(prefixes);

        Assert.All(All(), address => Assert.Equal(
            prefixes.Any(prefix => prefix.Contains(address)), union.Any(prefix => prefix.Contains(address))));
    });

    [Fact]
    public void The_union_has_as_few_prefixes_as_possible() => s_sets.Sample(prefixes =>
    {
        ImmutableArray<Cidr> union = CidrUnion.Of(prefixes);

        foreach (Cidr one in union)
        {
            Assert.DoesNotContain(union, other => one != other && one.Overlaps(other));
            Assert.DoesNotContain(union, other => one != other && AreHalves(one, other));
        }
    });

    private static bool AreHalves(Cidr one, Cidr other) =>
        one.PrefixLength > 0 && Cidr.Of(one.Address, one.PrefixLength - 1).Halves() is var halves
        && halves.Contains(one) && halves.Contains(other);

    private static IEnumerable<IPAddress> All() => Enumerable.Range(0, 16).SelectMany(
        last => (IPAddress[])[Four((byte)last), Six((byte)last)]);

    private static IPAddress Four(byte last) => new([10, 0, 0, last]);

    private static IPAddress Six(byte last) => new([0xfd, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, last]);

    private static ImmutableArray<Cidr> Parse(string prefixes) =>
        Samples.Cidrs(prefixes.Split(' ', StringSplitOptions.RemoveEmptyEntries));
}
