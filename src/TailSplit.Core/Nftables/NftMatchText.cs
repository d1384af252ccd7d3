using System.Globalization;
using System.Text;
using TailSplit.Core.Model;
using TailSplit.Core.Rules;

namespace TailSplit.Core.Nftables;

/// <summary>Writes the matches of a rule. Cheap matches, and those that exclude most packets, come first.</summary>
internal static class NftMatchText
{
    /// <summary>Of a known connection.</summary>
    private const string Known = "ct state established,related";

    public static string Of(PacketMatch match)
    {
        StringBuilder text = new(64);
        if (match.In is InterfaceName into)
            Add($"iifname {Quoted(into)}");

        if (match.Out is InterfaceName output)
            Add($"oifname {Quoted(output)}");

        if (match.NotFromLoopback)
            Add("iifname != \"lo\"");

        if (match.OpensTcp)
            Add("tcp flags & (syn | rst) == syn");

        if (match.Port is ServicePort port)
            Add(string.Create(CultureInfo.InvariantCulture, $"{port.ProtocolName} dport {port.Port}"));

        if (match.Source is Cidr source)
            Add($"{Ip(source.Family)} saddr {source.AddressOrPrefix}");

        if (match.Destination is Cidr destination)
            Add($"{Ip(destination.Family)} daddr {destination.AddressOrPrefix}");

        if (match.IcmpV6Type is int type)
            Add($"icmpv6 type {NftIcmpV6.NameOf(type)}");

        if (match.Reply is not null || match.ConnectionMark is not null)
            Add(Known);

        if (match.Reply is not null)
            Add("ct direction reply");

        if (match.Reply?.Responder is Cidr responder)
            Add($"ct reply {Ip(responder.Family)} saddr {responder.AddressOrPrefix}");

        if (match.ConnectionMark is FwMark mark)
            Add($"ct mark & {NftActionText.Hex(mark.Mask)} == {NftActionText.Hex(mark.Value)}");

        if (match.SourceIsHost)
            Add("fib saddr type local");

        if (match.DestinationIsNotHost)
            Add("fib daddr type != local");

        return text.ToString();

        void Add(string part)
        {
            if (text.Length > 0)
                text.Append(' ');

            text.Append(part);
        }
    }

    public static string Ip(IpFamily family) => family == IpFamily.IPv4 ? "ip" : "ip6";

    public static string Quoted(InterfaceName? name) => $"\"{name}\"";

    /// <summary>The end of a rule, or of a map's key.</summary>
    public static string Comment(string? comment) => comment is null ? "" : $" comment \"{comment}\"";
}
