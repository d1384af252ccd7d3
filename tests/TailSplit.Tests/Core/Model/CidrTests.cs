using System.Net;
using TailSplit.Core;
using TailSplit.Core.Model;
using Xunit;

namespace TailSplit.Tests.Core.Model;

public sealed class CidrTests
{
    [Theory]
    [InlineData("172.18.0.0/16", "172.18.0.0/16")]
    [InlineData("0.0.0.0/0", "0.0.0.0/0")]
    [InlineData("203.0.113.7", "203.0.113.7/32")]
    [InlineData("203.0.113.7/32", "203.0.113.7/32")]
    [InlineData("fd00:18::/64", "fd00:18::/64")]
    [InlineData("FD00:0018:0000::/64", "fd00:18::/64")]
    [InlineData("fd00:18:0:0:0:0:0:1", "fd00:18::1/128")]
    [InlineData("::/0", "::/0")]
    [InlineData("::1", "::1/128")]
    public void A_prefix_has_one_canonical_text(string text, string canonical) =>
        Assert.Equal(canonical, Cidr.Parse(text).ToString());

    [Theory]
    [InlineData("172.18.0.1/16", "host bits are set; the network is 172.18.0.0/16")]
    [InlineData("fd00:18::1/64", "host bits are set; the network is fd00:18::/64")]
    [InlineData("1.2.3.4/0", "host bits are set; the network is 0.0.0.0/0")]
    public void Host_bits_are_refused_and_the_network_is_named(string text, string reason)
    {
        Assert.False(Cidr.TryParse(text, out _, out string? why));
        Assert.Equal(reason, why);
    }

    [Theory]
    [InlineData("")]
    [InlineData(" ")]
    [InlineData("10.1")]
    [InlineData("10.1/16")]
    [InlineData("167772160")]
    [InlineData("0x0a000000")]
    [InlineData("010.0.0.0/8")]
    [InlineData("10.0.0.00/8")]
    [InlineData("10.0.0.0/08")]
    [InlineData("10.0.0.0/033")]
    [InlineData("10.0.0.0/33")]
    [InlineData("10.0.0.0/-1")]
    [InlineData("10.0.0.0/+8")]
    [InlineData("10.0.0.0/ 8")]
    [InlineData("10.0.0.0/8 ")]
    [InlineData(" 10.0.0.0/8")]
    [InlineData("10.0.0.0/")]
    [InlineData("10.0.0.0/8/8")]
    [InlineData("10.0.0.0/255.0.0.0")]
    [InlineData("10.0.0.256")]
    [InlineData("10.0.0.0.0")]
    [InlineData("fd00::/129")]
    [InlineData("fd00::/064")]
    [InlineData("fe80::1%eth0")]
    [InlineData("fe80::1%1/128")]
    [InlineData("[fd00::]/64")]
    [InlineData("[fd00::1]:80")]
    [InlineData("fd00:::/64")]
    [InlineData("١٠.0.0.0/8")]
    [InlineData("10.0.0.0/٨")]
    [InlineData("10.0.0.0\n/8")]
    [InlineData("localhost")]
    public void Text_that_is_not_a_prefix_is_refused(string text)
    {
        Assert.False(Cidr.TryParse(text, out _, out string? reason));
        Assert.NotEmpty(reason);
        Assert.Equal(
            nameof(ModelFailures.InvalidCidr), Assert.Throws<TailSplitException>(() => Cidr.Parse(text)).Failure.Id);
    }

    [Fact]
    public void Null_is_refused_as_prefix() => Assert.False(Cidr.TryParse(null, out _));

    [Theory]
    [InlineData("10.0.0.5", 8, "10.0.0.0/8")]
    [InlineData("10.0.0.5", 0, "0.0.0.0/0")]
    [InlineData("fd00::5", 64, "fd00::/64")]
    [InlineData("fd00::5", 0, "::/0")]
    public void The_prefix_around_an_address_has_its_host_bits_cut_off(string address, int length, string prefix) =>
        Assert.Equal(prefix, Cidr.Of(IPAddress.Parse(address), length).ToString());

    [Theory]
    [InlineData("10.0.0.5", 33)]
    [InlineData("10.0.0.5", -1)]
    [InlineData("fd00::5", 129)]
    public void A_length_that_does_not_fit_the_family_is_refused(string address, int length) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => Cidr.Of(IPAddress.Parse(address), length));

    [Fact]
    public void A_list_is_put_in_order_without_doubles()
    {
        IEnumerable<Cidr> list = ((string[])["fd00::/64", "10.0.0.0/8", "10.0.0.0/16", "9.0.0.0/8", "10.0.0.0/8"])
            .Select(Cidr.Parse);

        Assert.Equal(
            ["9.0.0.0/8", "10.0.0.0/8", "10.0.0.0/16", "fd00::/64"],
            Cidr.Normalise(list).Select(cidr => cidr.ToString()));
    }

    [Fact]
    public void The_families_never_overlap()
    {
        Assert.False(Cidr.Parse("0.0.0.0/0").Overlaps(Cidr.Parse("::/0")));
        Assert.False(Cidr.Parse("::/0").Contains(Cidr.Parse("10.0.0.0/8")));
        Assert.False(Cidr.Parse("::/0").Contains(IPAddress.Parse("10.0.0.1")));
    }
}
