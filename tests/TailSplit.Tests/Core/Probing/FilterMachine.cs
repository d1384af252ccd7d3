using System.Buffers.Binary;
using TailSplit.Core.Probing;

namespace TailSplit.Tests.Core.Probing;

/// <summary>
/// The kernel's machine for classic filters, as far as our filter needs it (Documentation/networking/filter.rst).
/// </summary>
internal static class FilterMachine
{
    private const uint Protocol = 0xfffff000;

    /// <summary>How much of the packet is kept; a read behind its end ends the program with 0.</summary>
    public static uint Run(IReadOnlyList<FilterInstruction> program, ushort protocol, ReadOnlySpan<byte> packet)
    {
        uint a = 0;
        uint x = 0;
        for (int at = 0; at < program.Count; at++)
        {
            FilterInstruction instruction = program[at];
            uint k = instruction.Operand;
            switch (instruction.Code)
            {
                case 0x28 when k == Protocol: a = protocol; break;
                case 0x28 when k + 2 <= packet.Length:
                    a =
                    BinaryPrimitives.ReadUInt16BigEndian(packet[(int)k..]); break;
                case 0x30 when k < packet.Length: a = packet[(int)k]; break;
                case 0x48 when x + k + 2 <= packet.Length:
                    a =
                    BinaryPrimitives.ReadUInt16BigEndian(packet[(int)(x + k)..]); break;
                case 0x50 when x + k < packet.Length: a = packet[(int)(x + k)]; break;
                case 0xb1 when k < packet.Length: x = 4u * (packet[(int)k] & 0xfu); break;
                case 0x28 or 0x30 or 0x48 or 0x50 or 0xb1: return 0;
                case 0x54: a &= k; break;
                case 0x15: at += a == k ? instruction.IfTrue : instruction.IfFalse; break;
                case 0x45: at += (a & k) != 0 ? instruction.IfTrue : instruction.IfFalse; break;
                case 0x06: return k;
                default: throw new InvalidOperationException($"There is no instruction {instruction.Code:x}.");
            }
        }

        throw new InvalidOperationException("The program has no end.");
    }
}
