using System.Buffers;
using TailSplit.Core.Listing;
using TailSplit.Core.Model;
using TailSplit.Core.Rules;

namespace TailSplit.Core.Nftables;

/// <summary>
/// An object of TailSplit in nf_tables, in its own table. Closed: <see cref="NftTable"/>,
/// <see cref="NftChain"/>, <see cref="NftMap"/>, <see cref="NftElement"/> or <see cref="NftRule"/>.
/// </summary>
public abstract record NftObject : Rule
{
    /// <summary>The name of TailSplit's table, whose family is <c>inet</c>: IPv4 and IPv6.</summary>
    public const string Table = NativeTable.OwnName;

    private protected const string TablePlace = $"inet {Table}";

    // Characters that bash takes unquoted.
    private static readonly SearchValues<char> s_plain = SearchValues.Create(
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789 _.,:/@-=");

    private protected NftObject(IpFamily? family)
        : base(family)
    {
    }

    public override RuleLayer Layer => RuleLayer.Firewall;

    public override string TableName => TablePlace;

    public override string? ChainName => this switch
    {
        NftChain chain => chain.Name,
        NftRule rule => rule.Chain,
        _ => null,
    };

    public override string CommandLine => Command("add", Definition);

    public override string RemovalCommandLine => Command("delete", Reference);

    /// <summary>Its kind and place: <c>rule inet tailsplit forward</c>.</summary>
    internal abstract string Place { get; }

    /// <summary>The text after its place when it is added; empty if the place is enough.</summary>
    internal abstract string Definition { get; }

    /// <summary>The text after its place when it is deleted.</summary>
    internal abstract string Reference { get; }

    /// <summary>The line that adds it, for <c>nft -f</c>.</summary>
    internal string Addition => $"add {Place} {Definition}".TrimEnd();

    private string Command(string action, string tail)
    {
        string quoted = tail.AsSpan().ContainsAnyExcept(s_plain) ? $"'{tail}'" : tail;
        return $"nft {action} {Place} {quoted}".TrimEnd();
    }
}
