using System.Net;
using CsCheck;
using TailSplit.Core;
using TailSplit.Core.Model;
using TailSplit.Core.Probing;
using Xunit;

namespace TailSplit.Tests.Core.Probing;

public sealed class ProbePlanTests
{
    [Fact]
    public void Each_target_gets_icmp_and_two_ports_by_tcp_and_udp() => Assert.Equal(
        ["Icmp 0", "Tcp 53", "Tcp 443", "Udp 53", "Udp 443"],
        new ProbePlan(() => 1).For([IPAddress.Parse("198.51.100.10")]).Select(
            probe => $"{probe.Protocol} {probe.Port}"));

    [Fact]
    public void Probes_have_distinct_marks_even_if_random_numbers_repeat() => Gen.UInt[0, 3].Array[60].Sample(numbers =>
    {
        Queue<uint> queue = new(numbers);
        ProbePlan plan = new(queue.Dequeue);
        Probe[] probes = [.. plan.For(ProbeTarget.Usual), .. plan.For(ProbeTarget.Usual)];
        Assert.Equal(probes.Length, probes.Select(probe => probe.Mark.Value).Distinct().Count());
    }, iter: 200);

    [Theory]
    [InlineData("1.1.1.1")]
    [InlineData("2606:4700:4700::1111")]
    [InlineData("100.64.0.9")]
    [InlineData("10.0.0.20/32")]
    public void A_single_address_is_a_target(string text) =>
        Assert.Equal(text.Split('/')[0], ProbeTarget.Parse(text).ToString());

    [Theory]
    [InlineData("")]
    [InlineData("example.org")]
    [InlineData("10.1")]
    [InlineData("10.0.0.0/24")]
    [InlineData("127.0.0.1")]
    [InlineData("0.0.0.0")]
    [InlineData("224.0.0.1")]
    [InlineData("255.255.255.255")]
    [InlineData("::")]
    [InlineData("::1")]
    [InlineData("ff02::1")]
    [InlineData("fe80::1")]
    [InlineData("::ffff:1.1.1.1")]
    public void Any_other_text_is_not_a_target(string text) =>
        Assert.Equal("InvalidProbeTarget", Assert.Throws<TailSplitException>(() => ProbeTarget.Parse(text)).Failure.Id);

    [Theory]
    [InlineData("172.30.4.0/24", "172.30.4.254")]
    [InlineData("172.18.0.0/16", "172.18.255.254")]
    [InlineData("10.0.0.0/30", "10.0.0.2")]
    [InlineData("2001:db8:d:4::/64", "2001:db8:d:4:ffff:ffff:ffff:fffe")]
    public void The_last_address_of_a_subnet_is_free_first(string subnet, string address) =>
        Assert.Equal(address, FreeAddress.Find(Cidr.Parse(subnet), new HashSet<IPAddress>())?.ToString());

    [Theory]
    [InlineData("10.0.0.0/31")]
    [InlineData("10.0.0.0/32")]
    [InlineData("2001:db8::/128")]
    public void A_subnet_without_a_free_address_has_none(string subnet) =>
        Assert.Null(FreeAddress.Find(Cidr.Parse(subnet), new HashSet<IPAddress>()));

    [Fact]
    public void A_free_address_is_in_the_subnet_and_unused() =>
        Gen.Select(Gen.Int[22, 30], Gen.Int[1, 1023].HashSet[0, 70]).Sample((length, taken) =>
        {
            Cidr subnet = Cidr.Of(IPAddress.Parse("10.9.0.0"), length);
            HashSet<IPAddress> others =
                [.. taken.Select(offset => new IPAddress([10, 9, (byte)(offset >> 8), (byte)offset]))];
            if (FreeAddress.Find(subnet, others) is not IPAddress free)
                return;

            Assert.True(subnet.Contains(free));
            Assert.DoesNotContain(free, others);
            Assert.NotEqual(subnet.Address, free);
        }, iter: 500);
}
