using TailSplit.Core.Model;

namespace TailSplit.Core.Rules;

/// <summary>
/// A packet against the direction in which its connection began, or an ICMP error about that connection.
/// </summary>
/// <param name="Responder">
/// Where the connection's answering side lies; null for anywhere. An ICMP error counts as a packet of the connection
/// that it reports, whatever its own source (net/netfilter/nf_conntrack_proto_icmp.c, nf_conntrack_inet_error).
/// </param>
public sealed record ReplyMatch(Cidr? Responder);
