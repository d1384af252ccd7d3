using TailSplit.Core.Model;

namespace TailSplit.Core.Errors;

/// <summary>Errors of Trace-TailSplitPacket.</summary>
public static partial class Failures
{
    public static Failure InvalidAddress(string text, string reason) => new(
        nameof(InvalidAddress), FailureKind.InvalidArgument,
        $"'{QuotedText.Of(text)}' is not an address that a packet can be traced to or from: {reason}.",
        "Give one IP address, such as 1.1.1.1 or 2606:4700:4700::1111; names are not looked up.", text);

    public static Failure FamilyNotOnNetwork(string network, string destination) => new(
        nameof(FamilyNotOnNetwork), FailureKind.InvalidArgument,
        $"The network '{QuotedText.Of(network)}' has no subnet of the family of {destination}, so its containers " +
        "can't send there.",
        "Trace a destination of the other family, or give the address that sends with -Source.", destination);

    public static Failure NetworkNotTraceable(DockerNetwork network, string reason) => new(
        nameof(NetworkNotTraceable), FailureKind.InvalidOperation,
        $"Packets of the network '{QuotedText.Of(network.Name)}' can't be traced: {reason}.",
        "Name a bridge network: Get-DockerNetwork lists them.", network);

    public static Failure SubnetWithoutBridge(Cidr subnet) => new(
        nameof(SubnetWithoutBridge), FailureKind.InvalidArgument,
        $"No interface of this host has an address in {subnet}, so the interface by which its packets arrive is not " +
        "known.",
        "Give the interface with -Bridge.", subnet);

    public static Failure PortWithoutPorts(int port) => new(
        nameof(PortWithoutPorts), FailureKind.InvalidArgument,
        $"-Port {port} was given for ICMP, which has no ports.",
        "Leave -Port out, or trace -Protocol Tcp or Udp.", port);
}
