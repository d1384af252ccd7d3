using System.Buffers.Binary;
using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace TailSplit.Core.Model;

/// <summary>
/// An IP prefix such as <c>172.18.0.0/16</c>, strict: host bits must be zero, the address must be written out. A bare
/// address is the prefix that holds it alone. <see cref="ToString"/> is the canonical form (RFC 5952 for IPv6), with
/// the length always there, as <c>iptables-save</c> prints it.
/// </summary>
/// <remarks><c>System.Net.IPNetwork</c> is not used because PowerShell turns "10.0.0.5/8" into 10.0.0.0/8 without an
/// error.</remarks>
public readonly record struct Cidr
{
    private readonly UInt128 _bits;

    private Cidr(IpFamily family, UInt128 bits, int prefixLength)
    {
        Family = family;
        _bits = bits;
        PrefixLength = prefixLength;
    }

    public IpFamily Family { get; }

    /// <summary>0 to 32 for IPv4, 0 to 128 for IPv6.</summary>
    public int PrefixLength { get; }

    /// <summary>The address without its length.</summary>
    public IPAddress Address
    {
        get
        {
            if (Family == IpFamily.IPv4)
            {
                Span<byte> four = stackalloc byte[4];
                BinaryPrimitives.WriteUInt32BigEndian(four, (uint)_bits);
                return new IPAddress(four);
            }

            Span<byte> sixteen = stackalloc byte[16];
            BinaryPrimitives.WriteUInt128BigEndian(sixteen, _bits);
            return new IPAddress(sixteen);
        }
    }

    /// <summary>Whether the prefix is a single address.</summary>
    public bool IsHost => PrefixLength == Width(Family);

    /// <summary>The prefix that holds this one address.</summary>
    public static Cidr Of(IPAddress address) => Of(address, Width(FamilyOf(address)));

    /// <summary>The prefix of this length around an address; host bits are cut off.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The length does not fit the family.</exception>
    public static Cidr Of(IPAddress address, int prefixLength)
    {
        IpFamily family = FamilyOf(address);
        ArgumentOutOfRangeException.ThrowIfNegative(prefixLength);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(prefixLength, Width(family));
        return new Cidr(family, Bits(address) & Mask(family, prefixLength), prefixLength);
    }

    /// <summary>
    /// Reads a prefix, or throws <see cref="TailSplitException"/> (InvalidCidr) that says what is wrong with it.
    /// </summary>
    public static Cidr Parse(string text) =>
        TryParse(text, out Cidr cidr, out string? reason)
            ? cidr
            : throw ModelFailures.InvalidCidr(text, reason).ToException();

    /// <inheritdoc cref="TryParse(string?, out Cidr, out string?)"/>
    public static bool TryParse([NotNullWhen(true)] string? text, out Cidr cidr) => TryParse(text, out cidr, out _);

    /// <summary>Reads a prefix; <paramref name="reason"/> is the reason why it is not one.</summary>
    public static bool TryParse(
        [NotNullWhen(true)] string? text, out Cidr cidr, [NotNullWhen(false)] out string? reason)
    {
        if (!TryParseMasked(text, out cidr, out bool hadHostBits, out reason))
            return false;

        if (!hadHostBits)
            return true;

        reason = $"host bits are set; the network is {cidr}";
        cidr = default;
        return false;
    }

    /// <summary>
    /// Reads a prefix as a program prints it, which may have host bits: they are cut off, as the kernel and Go's
    /// net.ParseCIDR cut them off. What a person types is read by <see cref="TryParse(string?, out Cidr)"/>.
    /// </summary>
    public static bool TryParseMasked([NotNullWhen(true)] string? text, out Cidr cidr) =>
        TryParseMasked(text, out cidr, out _, out _);

    private static bool TryParseMasked(
        [NotNullWhen(true)] string? text, out Cidr cidr, out bool hadHostBits, [NotNullWhen(false)] out string? reason)
    {
        cidr = default;
        hadHostBits = false;
        if (string.IsNullOrWhiteSpace(text))
        {
            reason = "it is empty";
            return false;
        }

        int slash = text.IndexOf('/', StringComparison.Ordinal);
        string addressText = slash < 0 ? text : text[..slash];
        if (!TryParseAddress(addressText, out IPAddress? address))
        {
            reason = $"'{QuotedText.Of(addressText)}' is not an IP address";
            return false;
        }

        IpFamily family = FamilyOf(address);
        int width = Width(family);
        int length = width;
        if (slash >= 0 && !TryParseLength(text.AsSpan(slash + 1), width, out length))
        {
            reason = $"the prefix length must be a whole number from 0 to {width}";
            return false;
        }

        UInt128 bits = Bits(address);
        UInt128 masked = bits & Mask(family, length);
        hadHostBits = masked != bits;
        cidr = new Cidr(family, masked, length);
        reason = null;
        return true;
    }

    /// <summary>The same prefixes in one order (IPv4 first, then by address and length), each once.</summary>
    public static ImmutableArray<Cidr> Normalise(IEnumerable<Cidr> cidrs) =>
        [.. cidrs.Distinct().OrderBy(cidr => cidr.Family).ThenBy(cidr => cidr._bits).ThenBy(cidr => cidr.PrefixLength)];

    public bool Contains(Cidr other) =>
        Family == other.Family && PrefixLength <= other.PrefixLength
        && (other._bits & Mask(Family, PrefixLength)) == _bits;

    public bool Contains(IPAddress address) => Contains(Of(address));

    /// <summary>
    /// An address in the prefix that may be a container's: the second one, as the first is the gateway's.
    /// </summary>
    internal IPAddress Inside() => IsHost ? Address : new Cidr(Family, _bits | 2, Width(Family)).Address;

    public bool Overlaps(Cidr other) => Contains(other) || other.Contains(this);

    /// <summary>The first address and the last, as numbers.</summary>
    internal (UInt128 First, UInt128 Last) Span =>
        (_bits, _bits | (Mask(Family, Width(Family)) & ~Mask(Family, PrefixLength)));

    /// <summary>The address of a family with this number.</summary>
    internal static IPAddress AddressAt(IpFamily family, UInt128 number) =>
        new Cidr(family, number, Width(family)).Address;

    /// <summary>Its two halves; none for a single address.</summary>
    public ImmutableArray<Cidr> Halves()
    {
        if (IsHost)
            return [];

        UInt128 second = UInt128.One << (Width(Family) - PrefixLength - 1);
        return
        [
            new Cidr(Family, _bits, PrefixLength + 1), new Cidr(Family, _bits | second, PrefixLength + 1),
        ];
    }

    /// <summary>A single address without its length, as iproute2 and nft print it.</summary>
    public string AddressOrPrefix => IsHost ? Address.ToString() : ToString();

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Address}/{PrefixLength}");

    private static bool TryParseLength(ReadOnlySpan<char> text, int width, out int length) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out length)
        && length <= width
        && (text.Length == 1 || text[0] != '0');

    private static bool TryParseAddress(string text, [NotNullWhen(true)] out IPAddress? address)
    {
        // IPAddress.TryParse takes "10.1", "0x0a000001", "[::1]:80" and "fe80::1%eth0" too, which nobody means here.
        bool plain = IPAddress.TryParse(text, out address)
            && text.AsSpan().IndexOfAny('%', '[', ']') < 0
            && (address.AddressFamily == AddressFamily.InterNetworkV6 || address.ToString() == text);
        if (!plain)
            address = null;

        return plain;
    }

    private static IpFamily FamilyOf(IPAddress address) =>
        address.AddressFamily == AddressFamily.InterNetwork ? IpFamily.IPv4 : IpFamily.IPv6;

    private static int Width(IpFamily family) => family == IpFamily.IPv4 ? 32 : 128;

    private static UInt128 Bits(IPAddress address)
    {
        Span<byte> bytes = stackalloc byte[16];
        address.TryWriteBytes(bytes, out int written);
        return written == 4
            ? BinaryPrimitives.ReadUInt32BigEndian(bytes)
            : BinaryPrimitives.ReadUInt128BigEndian(bytes);
    }

    private static UInt128 Mask(IpFamily family, int length)
    {
        int width = Width(family);
        UInt128 all = family == IpFamily.IPv4 ? uint.MaxValue : UInt128.MaxValue;
        // In C#, a shift by the full width shifts nothing.
        return length == 0 ? UInt128.Zero : (all << (width - length)) & all;
    }
}
