using System.Net;
using TailSplit.Core.Kernel;

namespace TailSplit.Core.Tracing.Native;

/// <summary>The value of a packet's field, as far as it can be evaluated.</summary>
internal abstract record PacketValue
{
    /// <summary>Nothing is known.</summary>
    public static PacketValue Unknown { get; } = new UnknownValue();

    /// <summary>The packet has no such field: the kernel leaves the rule (NFT_BREAK), whatever the operator.</summary>
    public static PacketValue Absent { get; } = new AbsentValue();

    /// <summary>Whether the packet has no such field, or of several one is missing.</summary>
    public virtual bool IsAbsent => this == Absent;

    public static PacketValue Of(uint value) => new NumberValue(value);

    public static PacketValue Of(bool value) => new NumberValue(value ? 1u : 0);

    private sealed record UnknownValue : PacketValue;

    private sealed record AbsentValue : PacketValue;
}

internal sealed record AddressValue(IPAddress Address) : PacketValue;

/// <summary>A number, of which some bits may be unknown.</summary>
internal sealed record NumberValue(uint Value, uint UnknownBits = 0) : PacketValue;

/// <summary>The name of an interface; empty if the packet has none there.</summary>
internal sealed record InterfaceValue(string Name) : PacketValue;

/// <summary>A port that the sender's system picks from a range.</summary>
internal sealed record PortsValue(PortRange Range) : PacketValue;

/// <summary>A value as a word of nft, such as the type of an address.</summary>
internal sealed record WordValue(string Word) : PacketValue;

/// <summary>Several values, of a concatenation.</summary>
internal sealed record ConcatValue(IReadOnlyList<PacketValue> Parts) : PacketValue
{
    public override bool IsAbsent => Parts.Any(part => part.IsAbsent);
}
