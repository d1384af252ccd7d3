using TailSplit.Core.Model;
using TailSplit.Core.Rules;

namespace TailSplit.Core.Nftables;

/// <summary>The packets that two matches have in common.</summary>
internal static class NarrowMatch
{
    /// <summary>Both matches as one; null if no packet has both.</summary>
    public static PacketMatch? Of(PacketMatch outer, PacketMatch inner)
    {
        if (AreDifferent(outer.In, inner.In) || AreDifferent(outer.Out, inner.Out)
            || AreDifferent(outer.Port, inner.Port) || AreDifferent(outer.IcmpV6Type, inner.IcmpV6Type)
            || AreApart(outer.Source, inner.Source) || AreApart(outer.Destination, inner.Destination))
        {
            return null;
        }

        return inner with
        {
            In = inner.In ?? outer.In,
            Out = inner.Out ?? outer.Out,
            Port = inner.Port ?? outer.Port,
            IcmpV6Type = inner.IcmpV6Type ?? outer.IcmpV6Type,
            Source = Narrower(outer.Source, inner.Source),
            Destination = Narrower(outer.Destination, inner.Destination),
            NotFromLoopback = outer.NotFromLoopback || inner.NotFromLoopback,
            SourceIsHost = outer.SourceIsHost || inner.SourceIsHost,
            DestinationIsNotHost = outer.DestinationIsNotHost || inner.DestinationIsNotHost,
            OpensTcp = outer.OpensTcp || inner.OpensTcp,
            Reply = inner.Reply ?? outer.Reply,
            ConnectionMark = inner.ConnectionMark ?? outer.ConnectionMark,
            // Two that only nft can ask at once.
            HasForeignParts = outer.HasForeignParts || inner.HasForeignParts
                || AreDifferent(outer.ConnectionMark, inner.ConnectionMark)
                || (outer.Reply is not null && inner.Reply is not null && outer.Reply != inner.Reply),
        };
    }

    private static bool AreDifferent<T>(T? one, T? other)
        where T : struct, IEquatable<T> => one is T first && other is T second && !first.Equals(second);

    private static bool AreApart(Cidr? one, Cidr? other) =>
        one is Cidr first && other is Cidr second && !first.Overlaps(second);

    private static Cidr? Narrower(Cidr? one, Cidr? other) =>
        one is Cidr first && other is Cidr second ? first.Contains(second) ? second : first : other ?? one;
}
