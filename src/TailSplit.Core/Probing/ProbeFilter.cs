using System.Collections.Immutable;

namespace TailSplit.Core.Probing;

/// <summary>
/// The filter of the capture, run by the kernel on every packet of the host: it accepts possible probes and little
/// else, so a busy host neither slows down nor fills the capture's buffer. It uses no address, port or hop limit, which
/// other programs' rules may change on the way.
/// </summary>
public static class ProbeFilter
{
    // linux/bpf_common.h; the protocol is found where linux/filter.h puts it, at SKF_AD_OFF.
    private const ushort LoadByte = 0x30;
    private const ushort LoadHalf = 0x28;
    private const ushort LoadByteAtX = 0x50;
    private const ushort LoadHalfAtX = 0x48;
    private const ushort LoadXWithHeaderLength = 0xb1;
    private const ushort And = 0x54;
    private const ushort JumpIfEqual = 0x15;
    private const ushort JumpIfAnySet = 0x45;
    private const ushort Return = 0x06;
    private const uint Protocol = 0xfffff000;

    private const byte SynchroniseAndAcknowledge = 0x12;
    private const byte Synchronise = 0x02;

    /// <summary>How much of a packet is kept: the longest header, and any probe.</summary>
    public const int Snapshot = 256;

    public static ImmutableArray<FilterInstruction> Program { get; } = Resolve(
    [
        new(LoadHalf, Protocol),
        new(JumpIfEqual, 0x0800, To: "ipv4"),
        new(JumpIfEqual, 0x86dd, To: "ipv6", Else: "drop"),

        new(LoadHalf, 6, Label: "ipv4"),
        new(JumpIfAnySet, 0x3fff, To: "drop"),
        new(LoadXWithHeaderLength, 0),
        new(LoadByte, 9),
        new(JumpIfEqual, IpProtocol.Tcp, To: "tcp"),
        new(JumpIfEqual, IpProtocol.Udp, To: "udp"),
        new(JumpIfEqual, IpProtocol.Icmp, Else: "drop"),
        new(LoadByteAtX, 0),
        new(JumpIfEqual, IpProtocol.EchoRequest, To: "take", Else: "drop"),
        new(LoadByteAtX, 13, Label: "tcp"),
        new(And, SynchroniseAndAcknowledge),
        new(JumpIfEqual, Synchronise, To: "take", Else: "drop"),
        new(LoadHalfAtX, 4, Label: "udp"),
        new(JumpIfEqual, (uint)ProbeMessage.UdpLength, To: "take", Else: "drop"),

        new(LoadByte, 6, Label: "ipv6"),
        new(JumpIfEqual, IpProtocol.Tcp, To: "tcp6"),
        new(JumpIfEqual, IpProtocol.Udp, To: "udp6"),
        new(JumpIfEqual, IpProtocol.IcmpV6, Else: "drop"),
        new(LoadByte, 40),
        new(JumpIfEqual, IpProtocol.EchoRequestV6, To: "take", Else: "drop"),
        new(LoadByte, 53, Label: "tcp6"),
        new(And, SynchroniseAndAcknowledge),
        new(JumpIfEqual, Synchronise, To: "take", Else: "drop"),
        new(LoadHalf, 44, Label: "udp6"),
        new(JumpIfEqual, (uint)ProbeMessage.UdpLength, To: "take", Else: "drop"),

        new(Return, Snapshot, Label: "take"),
        new(Return, 0, Label: "drop"),
    ]);

    private static ImmutableArray<FilterInstruction> Resolve(Line[] lines)
    {
        return [.. lines.Select(
            (line, at) => new FilterInstruction(line.Code, Skip(at, line.To), Skip(at, line.Else), line.Operand))];

        // Jumps lead forward only, by a count from the next instruction.
        byte Skip(int from, string? label) =>
            label is null ? (byte)0 : checked((byte)(Array.FindIndex(lines, line => line.Label == label) - from - 1));
    }

    private sealed record Line(ushort Code, uint Operand, string? To = null, string? Else = null, string? Label = null);
}
