using System.Collections.Immutable;
using System.Net.Sockets;
using TailSplit.Core.Rules;

namespace TailSplit.Core.Listing;

/// <summary>A statement of a rule (libnftables-json(5), "statements"), which prints itself as nft does.</summary>
internal abstract record NativeStatement;

/// <summary>A match. The rule continues only with packets that match.</summary>
/// <param name="Operator">==, !=, &lt;, &gt;, &lt;=, &gt;=, in (any of these bits) or ! (none of them).</param>
/// <param name="Left">The field of the packet.</param>
/// <param name="Right">The value to compare it with.</param>
internal sealed record NativeMatch(string Operator, NativeExpression Left, NativeExpression Right) : NativeStatement
{
    public override string ToString() =>
        Operator is "in" || (Operator is "==" && Right is not NativeNumber && Left is not NativeBits)
            ? $"{Left} {Right}"
            : $"{Left} {Operator} {Right}";
}

internal sealed record NativeVerdictStatement(NativeVerdict Verdict) : NativeStatement
{
    public override string ToString() => Verdict.ToString();
}

/// <summary>A verdict map. A packet without an element in it goes to the next rule.</summary>
internal sealed record NativeVerdictMap(NativeExpression Key, NativeExpression Map) : NativeStatement
{
    public override string ToString() => $"{Key} vmap {Map}";
}

/// <summary>Sets a field of the packet or its connection, such as a mark.</summary>
internal sealed record NativeAssignment(NativeExpression Target, NativeExpression Value) : NativeStatement
{
    public override string ToString() => $"{Target} set {Value}";
}

/// <summary>Translates an address: snat, masquerade, dnat or redirect.</summary>
internal sealed record NativeTranslation(string Kind, string? Family, NativeExpression? Address, NativeExpression? Port)
    : NativeStatement
{
    /// <summary>Flags such as <c>random</c>, which make the result of a range unpredictable.</summary>
    public ImmutableArray<string> Flags { get; init; } = [];

    public override string ToString()
    {
        string family = Family is null || Address is null ? "" : $" {Family}";
        bool isIPv6 = Address is NativeWord { Address.AddressFamily: AddressFamily.InterNetworkV6 };
        string address = isIPv6 && Port is not null ? $"[{Address}]" : $"{Address}";
        string to = Address is null && Port is null ? "" : $"{family} to {address}{(Port is null ? "" : $":{Port}")}";
        return $"{Kind}{to}{string.Concat(Flags.Select(flag => $" {flag}"))}";
    }
}

/// <summary>Rejects the packet with an error.</summary>
internal sealed record NativeReject(string? Type, string? Error) : NativeStatement
{
    public override string ToString() => Type switch
    {
        null => "reject",
        "tcp reset" => "reject with tcp reset",
        _ => $"reject with {Type} type {Error}",
    };
}

/// <summary>Excludes the packet from connection tracking (notrack).</summary>
internal sealed record NativeNotrack : NativeStatement
{
    public override string ToString() => "notrack";
}

/// <summary>Adds a key of the packet to a set, or removes it. A packet without the key goes to the next rule.</summary>
internal sealed record NativeSetUpdate(
    string Operation, string Set, NativeExpression Key, ImmutableArray<NativeStatement> Statements) : NativeStatement
{
    public override string ToString() =>
        $"{Operation} @{Set} {{ {Key}{string.Concat(Statements.Select(statement => $" {statement}"))} }}";
}

/// <summary>Does not affect where the packet goes: counter, log and the like.</summary>
internal sealed record NativePassing(string Text) : NativeStatement
{
    /// <summary>The values of the counter of the rule.</summary>
    public RuleCounters? Counters { get; init; }

    public override string ToString() => Text;
}

/// <summary>Matches by earlier traffic: limit, quota, number of connections.</summary>
internal sealed record NativeGate(string Text) : NativeStatement
{
    public override string ToString() => Text;
}

/// <summary>An unknown statement, as JSON.</summary>
internal sealed record NativeOpaque(string Json) : NativeStatement
{
    public override string ToString() => Json;
}
