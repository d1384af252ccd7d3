using System.Net;

namespace TailSplit.Lab.Tracing;

/// <summary>A packet that stands for a class of a proof.</summary>
/// <param name="Policy">The killswitch, which has the name of its network.</param>
/// <param name="Source">The address that sends it.</param>
/// <param name="To">Where to.</param>
/// <param name="Protocol">Tcp, Udp or Icmp.</param>
/// <param name="Port">The port; 0 for a ping.</param>
internal sealed record ClassPacket(string Policy, IPAddress Source, IPAddress To, string Protocol, int Port);
