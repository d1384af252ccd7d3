using System.Net;
using System.Net.Sockets;
using TailSplit.Core.Model;

namespace TailSplit.Core.Probing;

/// <summary>One packet to send.</summary>
/// <param name="Target">The destination.</param>
/// <param name="Protocol">The protocol.</param>
/// <param name="Port">The port there; 0 for ICMP.</param>
/// <param name="Mark">Its mark, by which the capture finds it.</param>
public sealed record Probe(IPAddress Target, ProbeProtocol Protocol, int Port, ProbeMark Mark)
{
    public IpFamily Family => Target.AddressFamily == AddressFamily.InterNetwork ? IpFamily.IPv4 : IpFamily.IPv6;
}
