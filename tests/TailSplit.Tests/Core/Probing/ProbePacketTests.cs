using System.Buffers.Binary;
using System.Net;
using CsCheck;
using TailSplit.Core.Model;
using TailSplit.Core.Probing;
using Xunit;

namespace TailSplit.Tests.Core.Probing;

public sealed class ProbePacketTests
{
    private const int IPv4 = 0x0800;
    private const int IPv6 = 0x86dd;

    [Fact]
    public void What_was_written_is_read_as_it_was() => Gen.Select(ProbeGen.Probes, Gen.Int[0, 10]).Sample(
        (sent, options) =>
        {
            Assert.True(ProbePacket.TryRead(ProbeGen.Packet(sent.Probe, sent.Source, options), out ProbeMark mark));
            Assert.Equal(sent.Probe.Mark, mark);
        }, iter: 2000);

    [Fact]
    public void Address_translation_does_not_hide_a_probe() =>
        Gen.Select(ProbeGen.Probes, Gen.Byte.Array[4], Gen.Byte).Sample(
            (sent, other, hops) =>
            {
                byte[] packet = ProbeGen.Packet(sent.Probe, sent.Source);
                bool four = sent.Probe.Family == IpFamily.IPv4;
                // Source, destination, hop limit, and both ports or the number of an echo.
                other.CopyTo(packet, four ? 12 : 8);
                other.CopyTo(packet, four ? 16 : 24);
                packet[four ? 8 : 7] = hops;
                int header = ProbeGen.HeaderOf(packet);
                other.CopyTo(packet, sent.Probe.Protocol == ProbeProtocol.Icmp ? header + 2 : header);

                Assert.True(ProbePacket.TryRead(packet, out ProbeMark mark));
                Assert.Equal(sent.Probe.Mark, mark);
            }, iter: 2000);

    [Fact]
    public void The_checksum_of_every_probe_is_right() => ProbeGen.Probes.Sample(
        sent =>
        {
            byte[] message = ProbeMessage.Write(sent.Probe, sent.Source, 40000);
            byte protocol = IpProtocol.Of(sent.Probe.Protocol, sent.Probe.Family);
            bool plain = protocol == IpProtocol.Icmp;
            byte[] pseudo =
                plain
                    ? []
                    : [.. sent.Source.GetAddressBytes(), .. sent.Probe.Target.GetAddressBytes(), 0, protocol, 0, (byte)message.Length];
            // With its own checksum in it, everything adds up to all ones.
            Assert.Equal(ushort.MaxValue, Sum([.. pseudo, .. message]));
        }, iter: 2000);

    [Fact]
    public void A_reply_is_not_a_probe()
    {
        Probe echo = new(IPAddress.Parse("198.51.100.10"), ProbeProtocol.Icmp, 0, new(ProbeProtocol.Icmp, 7));
        Probe syn = new(IPAddress.Parse("198.51.100.10"), ProbeProtocol.Tcp, 443, new(ProbeProtocol.Tcp, 7));
        IPAddress source = IPAddress.Parse("172.30.2.2");
        byte[] reply = ProbeGen.Packet(echo, source);
        reply[20] = 0;
        byte[] accepted = ProbeGen.Packet(syn, source);
        accepted[20 + 13] = 0x12;
        // A router's "time exceeded", with the probe inside.
        byte[] exceeded = ProbeGen.Packet(
            source, source, IpProtocol.Icmp, [11, 0, 0, 0, 0, 0, 0, 0, .. ProbeGen.Packet(echo, source)]);

        Assert.All((byte[][])[reply, accepted, exceeded], packet => Assert.False(ProbePacket.TryRead(packet, out _)));
    }

    [Fact]
    public void A_fragment_is_not_a_probe() => ProbeGen.Probes.Where(sent => sent.Probe.Family == IpFamily.IPv4).Sample(
        sent =>
        {
            byte[] packet = ProbeGen.Packet(sent.Probe, sent.Source);
            packet[7] = 1;
            Assert.False(ProbePacket.TryRead(packet, out _));
        }, iter: 200);

    [Fact]
    public void Any_bytes_can_be_read()
    {
        Gen.Byte.Array[0, 120].Sample(bytes => { ProbePacket.TryRead(bytes, out _); }, iter: 20000);
        // And any beginning of a probe, as a capture cuts it.
        Gen.Select(ProbeGen.Probes, Gen.Int[0, 120], Gen.Byte).Sample(
            (sent, length, first) =>
            {
                byte[] packet = ProbeGen.Packet(sent.Probe, sent.Source);
                packet[0] = (byte)((packet[0] & 0xf0) | (first & 0xf));
                ProbePacket.TryRead(packet.AsSpan(0, Math.Min(length, packet.Length)), out _);
            }, iter: 5000);
    }

    [Fact]
    public void The_filter_takes_every_probe() => Gen.Select(ProbeGen.Probes, Gen.Int[0, 10], Gen.Byte).Sample(
        (sent, options, hops) =>
        {
            byte[] packet = ProbeGen.Packet(sent.Probe, sent.Source, options, hops);
            Assert.True(Filter(sent.Probe.Family, packet) >= packet.Length);
        }, iter: 2000);

    [Fact]
    public void The_filter_leaves_nearly_everything_else_in_the_kernel()
    {
        IPAddress source = IPAddress.Parse("172.30.2.2");
        IPAddress target = IPAddress.Parse("198.51.100.10");
        byte[] data = new byte[1400];
        data[13] = 0x10;
        Assert.Equal(0u, Filter(IpFamily.IPv4, ProbeGen.Packet(source, target, IpProtocol.Tcp, data)));
        Assert.Equal(0u, Filter(IpFamily.IPv4, ProbeGen.Packet(source, target, IpProtocol.Udp, new byte[1200])));
        Assert.Equal(0u, Filter(IpFamily.IPv4, ProbeGen.Packet(source, target, IpProtocol.Icmp, new byte[64])));
        Assert.Equal(0u, Filter(IpFamily.IPv4, ProbeGen.Packet(source, target, 50, data)));
        // ARP
        Assert.Equal(0u, FilterMachine.Run(ProbeFilter.Program, 0x0806, new byte[28]));
    }

    [Fact]
    public void The_filter_ends_whatever_it_is_given() =>
        Gen.Select(Gen.Bool.Select(six => (ushort)(six ? IPv6 : IPv4)), Gen.Byte.Array[0, 80]).Sample(
            (protocol, bytes) => { FilterMachine.Run(ProbeFilter.Program, protocol, bytes); }, iter: 5000);

    private static uint Filter(IpFamily family, byte[] packet) =>
        FilterMachine.Run(ProbeFilter.Program, (ushort)(family == IpFamily.IPv4 ? IPv4 : IPv6), packet);

    private static ushort Sum(byte[] bytes)
    {
        uint sum = 0;
        for (int i = 0; i < bytes.Length; i += 2)
            sum += i + 1 < bytes.Length ? BinaryPrimitives.ReadUInt16BigEndian(bytes.AsSpan(i)) : (uint)bytes[i] << 8;

        while (sum > ushort.MaxValue)
            sum = (sum & ushort.MaxValue) + (sum >> 16);

        return (ushort)sum;
    }
}
