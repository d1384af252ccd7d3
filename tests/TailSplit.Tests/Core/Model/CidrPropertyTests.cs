using System.Net;
using CsCheck;
using TailSplit.Core.Model;
using Xunit;

namespace TailSplit.Tests.Core.Model;

public sealed class CidrPropertyTests
{
    private static readonly Gen<Cidr> s_anyFour =
        Gen.Select(
            Gen.UInt, Gen.Int[0, 32], (bits, length) => Cidr.Of(new IPAddress(BitConverter.GetBytes(bits)), length));

    private static readonly Gen<Cidr> s_anySix =
        Gen.Select(Gen.Byte.Array[16], Gen.Int[0, 128], (bytes, length) => Cidr.Of(new IPAddress(bytes), length));

    // Few enough that two of them often have to do with each other: 10.0.0.0/24 and everything in it.
    private static readonly Gen<Cidr> s_small =
        Gen.Select(Gen.Byte, Gen.Int[24, 32], (last, length) => Cidr.Of(new IPAddress([10, 0, 0, last]), length));

    private static readonly Gen<Cidr> s_smallSix = Gen.Select(Gen.Byte, Gen.Int[120, 128], (last, length) =>
        Cidr.Of(new IPAddress([0xfd, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, last]), length));

    [Fact]
    public void What_was_printed_is_read_as_it_was() => Gen.OneOf(s_anyFour, s_anySix).Sample(
        cidr => Assert.Equal(cidr, Cidr.Parse(cidr.ToString())), iter: 2000);

    [Fact]
    public void What_the_framework_prints_of_a_prefix_is_what_we_print() => Gen.OneOf(s_anyFour, s_anySix).Sample(
        cidr => Assert.Equal(new IPNetwork(cidr.Address, cidr.PrefixLength).ToString(), cidr.ToString()), iter: 2000);

    [Fact]
    public void A_prefix_contains_what_all_its_addresses_say() => Gen.OneOf(
        Gen.Select(s_small, s_small), Gen.Select(s_smallSix, s_smallSix)).Sample(
        (one, other) =>
        {
            HashSet<IPAddress> mine = Addresses(one);
            HashSet<IPAddress> theirs = Addresses(other);

            Assert.Equal(theirs.IsSubsetOf(mine), one.Contains(other));
            Assert.Equal(mine.Overlaps(theirs), one.Overlaps(other));
            Assert.Equal(one.Overlaps(other), other.Overlaps(one));
            Assert.All(Addresses(other), address => Assert.Equal(mine.Contains(address), one.Contains(address)));
        });

    [Fact]
    public void Random_text_is_refused_without_an_exception() =>
        Gen.Char["0123456789abcdef.:/% -+x"].Array[0, 24].Sample(characters =>
        {
            if (Cidr.TryParse(new string(characters), out Cidr cidr, out _))
                Assert.Equal(cidr, Cidr.Parse(cidr.ToString()));
        }, iter: 5000);

    private static HashSet<IPAddress> Addresses(Cidr cidr)
    {
        byte[] bytes = cidr.Address.GetAddressBytes();
        int hostBits = (bytes.Length * 8) - cidr.PrefixLength;
        return [.. Enumerable.Range(0, 1 << hostBits).Select(
            host => new IPAddress([.. bytes[..^1], (byte)(bytes[^1] + host)]))];
    }
}
