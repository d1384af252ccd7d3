using System.Net;
using System.Net.Sockets;
using TailSplit.Core.Model;

namespace TailSplit.Core.Probing;

/// <summary>One packet to send.</summary>
/// <param name="Target">Where to.</param>
/// <param name="Protocol">How.</param>
/// <param name="Port">The port there; 0 for ICMP.</param>
/// <param name="Mark">By what it is known again.</param>
public sealed record Probe(IPAddress Target, ProbeProtocol Protocol, int Port, ProbeMark Mark)
{
    public IpFamily Family => Target.AddressFamily == AddressFamily.InterNetwork ? IpFamily.IPv4 : IpFamily.IPv6;
}
