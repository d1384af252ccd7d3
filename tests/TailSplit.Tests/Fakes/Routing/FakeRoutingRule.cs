using System.Globalization;
using System.Text;
using TailSplit.Core.Model;

namespace TailSplit.Tests.Fakes.Routing;

/// <summary>An ip rule in the fake kernel; tables and protocols by number.</summary>
internal sealed record FakeRoutingRule(int Preference)
{
    public Cidr? From { get; init; }

    public Cidr? To { get; init; }

    public string? Iif { get; init; }

    public (uint Value, uint Mask)? Mark { get; init; }

    public int? IpProtocol { get; init; }

    public int? Port { get; init; }

    /// <summary>
    /// "prohibit" or "blackhole", for a rule at which packets end; null for one that looks a table up.
    /// </summary>
    public string? End { get; init; }

    public int Table { get; init; }

    /// <summary>The preference with which the kernel goes on; null for other actions.</summary>
    public int? Goto { get; init; }

    public int? SuppressPrefixLength { get; init; }

    public int Protocol { get; init; }

    /// <summary>Whether a killswitch ends a packet here.</summary>
    public bool IsEnd => End is "prohibit" or "blackhole";

    /// <summary>What tells whose packets the rule is about.</summary>
    public string? Selector => Iif ?? From?.ToString();

    /// <summary>
    /// Whether <c>ip rule del</c> with these words would take this rule: what they leave out matches anything
    /// (net/core/fib_rules.c, rule_find).
    /// </summary>
    public bool IsMatchedBy(FakeRoutingRule given) =>
        End == given.End
        && Goto is null == given.Goto is null
        && (given.Table == 0 || Table == given.Table)
        && Preference == given.Preference
        && (given.Iif is null || Iif == given.Iif)
        && (given.From is null || From == given.From)
        && (given.To is null || To == given.To)
        && (given.IpProtocol is null || IpProtocol == given.IpProtocol)
        && (given.Port is null || Port == given.Port)
        && (given.Mark is null || Mark == given.Mark)
        && (given.SuppressPrefixLength is null || SuppressPrefixLength == given.SuppressPrefixLength)
        && (given.Protocol == 0 || Protocol == given.Protocol);

    /// <summary>
    /// Whether the kernel takes these words for this rule (rule_exists): it compares no targets of gotos, and prefixes that
    /// they leave out match any.
    /// </summary>
    public bool IsTakenFor(FakeRoutingRule given) => given == this with
    {
        From = given.From is null ? null : From,
        To = given.To is null ? null : To,
        Goto = given.Goto,
    };

    /// <summary>As <c>ip -N -j rule</c> prints it.</summary>
    /// <param name="detached">Its interface does not exist.</param>
    /// <param name="unresolved">There is no rule at <see cref="Goto"/>.</param>
    public string Json(bool detached, bool unresolved = false)
    {
        StringBuilder json = new();
        json.Append(CultureInfo.InvariantCulture, $"{{\"priority\":{Preference}");
        json.Append(From is Cidr from ? Prefix("src", "srclen", from) : ",\"src\":\"all\"");
        json.Append(To is Cidr to ? Prefix("dst", "dstlen", to) : "");
        if (Mark is (uint value, uint mask))
            json.Append(CultureInfo.InvariantCulture, $",\"fwmark\":\"{Hex(value)}\",\"fwmask\":\"{Hex(mask)}\"");

        if (Iif is not null)
            json.Append(CultureInfo.InvariantCulture, $",\"iif\":\"{Iif}\"")
                .Append(detached ? ",\"iif_detached\":null" : "");

        if (IpProtocol is int protocol)
            json.Append(CultureInfo.InvariantCulture, $",\"ipproto\":\"ipproto-{protocol}\"");

        if (Port is int port)
            json.Append(CultureInfo.InvariantCulture, $",\"dport\":{port}");

        // RTN_BLACKHOLE is 6, RTN_PROHIBIT is 8.
        json.Append(End switch
        {
            "prohibit" => ",\"action\":\"8\"",
            "blackhole" => ",\"action\":\"6\"",
            "unreachable" => ",\"action\":\"7\"",
            _ when Goto is int target => string.Create(
                CultureInfo.InvariantCulture, $",\"goto\":{target}{(unresolved ? ",\"unresolved\":null" : "")}"),
            _ => string.Create(CultureInfo.InvariantCulture, $",\"table\":\"{Table}\""),
        });
        if (SuppressPrefixLength is int length)
            json.Append(CultureInfo.InvariantCulture, $",\"suppress_prefixlen\":{length}");

        if (Protocol != 0)
            json.Append(CultureInfo.InvariantCulture, $",\"protocol\":\"{Protocol}\"");

        return json.Append('}').ToString();
    }

    private static string Prefix(string name, string lengthName, Cidr prefix) => prefix.IsHost
        ? $",\"{name}\":\"{prefix.Address}\""
        : string.Create(
            CultureInfo.InvariantCulture, $",\"{name}\":\"{prefix.Address}\",\"{lengthName}\":{prefix.PrefixLength}");

    private static string Hex(uint value) =>
        value == 0 ? "0" : string.Create(CultureInfo.InvariantCulture, $"0x{value:x}");
}
