using System.Collections.Immutable;
using System.Globalization;
using System.Net;
using TailSplit.Core.Model;

namespace TailSplit.Core.Listing;

/// <summary>An expression of a rule (libnftables-json(5), "expressions"), which prints itself as nft does.</summary>
internal abstract record NativeExpression
{
    /// <summary>Its value as a prefix, also for a single address; null for any other expression.</summary>
    public virtual Cidr? AsPrefix => null;

    /// <summary>Its words: one, a list, or words joined by "|". Versions of nft print them differently.</summary>
    public virtual IEnumerable<string> Words => [];
}

/// <summary>A word: an address, an interface name, or a symbol such as <c>tcp</c> or <c>established</c>.</summary>
internal sealed record NativeWord(string Text, bool IsQuoted = false) : NativeExpression
{
    /// <summary>Its value as an address; null if it is not one.</summary>
    public IPAddress? Address { get; } =
        (Text.Contains('.', StringComparison.Ordinal) || Text.Contains(':', StringComparison.Ordinal))
        && IPAddress.TryParse(Text, out IPAddress? address)
            ? address
            : null;

    public override Cidr? AsPrefix => Cidr.TryParse(Text, out Cidr address) && address.IsHost ? address : null;

    public override IEnumerable<string> Words => [Text];

    public override string ToString() => IsQuoted ? $"\"{Text}\"" : Text;
}

/// <summary>A number: a port, a mark, a bit mask.</summary>
internal sealed record NativeNumber(uint Value) : NativeExpression
{
    public override string ToString() => Value > ushort.MaxValue
        ? string.Create(CultureInfo.InvariantCulture, $"0x{Value:x}")
        : Value.ToString(CultureInfo.InvariantCulture);
}

/// <summary>Whether a field of the packet exists.</summary>
internal sealed record NativePresence(bool Exists) : NativeExpression
{
    public override string ToString() => Exists ? "exists" : "missing";
}

/// <summary>Several bits by name: <c>syn,rst</c>.</summary>
internal sealed record NativeList(ImmutableArray<NativeExpression> Items) : NativeExpression
{
    public override IEnumerable<string> Words => Items.SelectMany(item => item.Words);

    public override string ToString() => string.Join(',', Items);
}

internal sealed record NativePrefix(Cidr Prefix) : NativeExpression
{
    public override Cidr? AsPrefix => Prefix;

    public override string ToString() => Prefix.ToString();
}

internal sealed record NativeRange(NativeExpression First, NativeExpression Last) : NativeExpression
{
    public override string ToString() => $"{First}-{Last}";
}

/// <summary>Several values as one key: <c>ip saddr . tcp dport</c>.</summary>
internal sealed record NativeConcat(ImmutableArray<NativeExpression> Parts) : NativeExpression
{
    public override string ToString() => string.Join(" . ", Parts);
}

/// <summary>A set or map that is written in the rule itself.</summary>
internal sealed record NativeSetLiteral(ImmutableArray<NativeElement> Elements) : NativeExpression
{
    public override string ToString() => $"{{ {string.Join(", ", Elements)} }}";
}

/// <summary>A named set or map of the table: <c>@allowed</c>.</summary>
internal sealed record NativeSetName(string Name) : NativeExpression
{
    public override string ToString() => $"@{Name}";
}

/// <summary>
/// A field of the packet or its connection, by its name in nft: <c>ip saddr</c>, <c>iifname</c>,
/// <c>ct reply ip saddr</c>, <c>fib daddr . iif type</c>.
/// </summary>
internal sealed record NativeField(string Name) : NativeExpression
{
    /// <summary>Whether its values are interface names, which nft prints in quotes.</summary>
    public bool IsInterface => Name is "iifname" or "oifname" or "iif" or "oif"
        || (Name.StartsWith("fib ", StringComparison.Ordinal) && Name.EndsWith(" oifname", StringComparison.Ordinal));

    public override string ToString() => Name;
}

/// <summary>A bitwise operation: <c>meta mark &amp; 0xff0000 | 0x80000</c>.</summary>
/// <param name="Operator">&amp;, |, ^, &lt;&lt; or &gt;&gt;.</param>
/// <param name="Operands">The operands, evaluated from left to right.</param>
internal sealed record NativeBits(string Operator, ImmutableArray<NativeExpression> Operands) : NativeExpression
{
    public override IEnumerable<string> Words =>
        Operator == "|" ? Operands.SelectMany(operand => operand.Words) : [];

    public override string ToString() => string.Join($" {Operator} ", Operands.Select(
        (operand, i) => operand switch
        {
            NativeList list => $"({string.Join(" | ", list.Items)})",
            NativeBits when i > 0 => $"({operand})",
            _ => operand.ToString(),
        }));
}

/// <summary>A lookup in a map: its value for a key.</summary>
internal sealed record NativeMapped(NativeExpression Key, NativeExpression Map) : NativeExpression
{
    public override string ToString() => $"{Key} map {Map}";
}

/// <summary>A verdict: alone, or as the value of a verdict map.</summary>
/// <param name="Kind">accept, drop, return, continue, jump or goto.</param>
/// <param name="Chain">The target of a jump or goto.</param>
internal sealed record NativeVerdict(string Kind, string? Chain = null) : NativeExpression
{
    public override string ToString() => Chain is null ? Kind : $"{Kind} {Chain}";
}

/// <summary>An unknown expression, as JSON.</summary>
internal sealed record NativeUnknown(string Json) : NativeExpression
{
    public override string ToString() => Json;
}
