using System.Collections.Immutable;
using System.Management.Automation;
using System.Net;
using TailSplit.Completion;
using TailSplit.Conversion;
using TailSplit.Core;
using TailSplit.Core.Errors;
using TailSplit.Core.Model;
using TailSplit.Core.Tracing;
using TailSplit.Core.Tracing.Walk;
using TailSplit.Execution.Hosts;
using TailSplit.Execution.Routing;
using TailSplit.Output;

namespace TailSplit.Commands;

/// <summary>
/// Trace-TailSplitPacket: shows where a packet of a network would go, and which rule decides. It sends no packet.
/// </summary>
[Cmdlet(VerbsDiagnostic.Trace, "TailSplitPacket")]
[OutputType(typeof(TailSplitTrace))]
public sealed class TraceTailSplitPacketCommand : TailSplitCommand
{
    private const int UsualPort = 443;

    private TraceInput? _host;
    private bool _networkTyped;

    /// <summary>
    /// The Docker networks that the packet comes from: names, objects of Get-DockerNetwork, or policies.
    /// </summary>
    [Parameter(Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [AllowNull]
    [AllowEmptyCollection]
    [CompleteNetwork]
    public NetworkArgument[]? Network { get; set; }

    /// <summary>The destination addresses. Names are not resolved.</summary>
    [Parameter(Mandatory = true)]
    [ValidateNotNullOrEmpty]
    public string[] Destination { get; set; } = [];

    /// <summary>The packet: the first one of a TCP connection, a UDP datagram, or an ICMP echo request.</summary>
    [Parameter]
    [ValidateSet(nameof(PacketProtocol.Tcp), nameof(PacketProtocol.Udp), nameof(PacketProtocol.Icmp))]
    public PacketProtocol Protocol { get; set; } = PacketProtocol.Tcp;

    /// <summary>The destination port; by default 443.</summary>
    [Parameter]
    [ValidateRange(1, 65535)]
    public int? Port { get; set; }

    /// <summary>
    /// The source address; by default the first of the network that is not the host's. It may be a forged one.
    /// </summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? Source { get; set; }

    /// <summary>The bridge interface of a network that Docker does not report.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [AllowNull]
    [AllowEmptyString]
    [CompleteInterface]
    public string? Bridge { get; set; }

    /// <summary>The subnets, as address/length; by default those of the host's addresses on the bridge.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [AllowNull]
    [AllowEmptyCollection]
    public string[]? Subnet { get; set; }

    protected override void BeginProcessing()
    {
        // Before the first object of the pipeline, only parameters from the command line are bound.
        _networkTyped = Network is not null;
        if (_networkTyped && (Bridge is not null || Subnet is not null))
            ThrowTerminatingError(Failures.NetworkAndSubnet().ToErrorRecord());

        if (Protocol == PacketProtocol.Icmp && Port is int port)
            ThrowTerminatingError(Failures.PortWithoutPorts(port).ToErrorRecord());
    }

    protected override void ProcessRecord()
    {
        if (Network is not { Length: > 0 })
        {
            ForInput(() => Report(ByHand()));
            return;
        }

        foreach (NetworkArgument network in Network)
            ForInput(() => Report(ByNetwork(network)));
    }

    private void Report(TraceNetwork? network)
    {
        if (network is null)
            return;

        foreach (string destination in Destination)
            Report(network, destination);
    }

    private void Report(TraceNetwork network, string destination)
    {
        try
        {
            WriteObject(Trace(network, PacketAddress.Parse(destination)));
        }
        catch (TailSplitException e) when (e.Failure.Kind is FailureKind.InvalidArgument)
        {
            WriteFailure(e.Failure, e);
        }
    }

    private TailSplitTrace Trace(TraceNetwork network, IPAddress destination)
    {
        TraceInput host = ReadOnce();
        Packet packet = new(
            network.Bridge.ToString(),
            network.SourceFor(destination, Source, host.Host.Routing.Interfaces),
            destination,
            Protocol,
            Protocol == PacketProtocol.Icmp ? 0 : Port ?? UsualPort);
        PacketTrace trace = host.Trace(packet, network);
        RouteAnswer? kernel = trace.AtRouting is Packet routed
            ? AwaitOrThrow(stop => new RouteQuestion(Machine.Programs).AskAsync(routed, stop))
            : null;
        if (kernel is not null && trace.Contradiction(kernel) is string why)
        {
            trace = trace.WithUnsure(why);
            WriteWarning($"{destination}: {why}. The rules may have changed in between, so try again.");
        }

        return new TailSplitTrace(network.Name, packet, trace, kernel);
    }

    private TraceNetwork? ByNetwork(NetworkArgument argument)
    {
        DockerNetwork network = argument.Network ?? GetNetwork(argument.Name);
        if (TraceNetwork.WhyNot(network) is not string reason)
            return TraceNetwork.Of(network);

        Failure failure = Failures.NetworkNotTraceable(network, reason);
        // A piped network that can't be traced is skipped. One that was named on the command line is an error.
        if (_networkTyped || argument.Network is null)
            throw failure.ToException();

        WriteWarning(failure.Message);
        return null;
    }

    private TraceNetwork ByHand()
    {
        string[] given = [.. (Subnet ?? []).Where(text => !string.IsNullOrEmpty(text))];
        if (given.Length == 0 && string.IsNullOrEmpty(Bridge))
            throw Failures.MissingTarget().ToException();

        ImmutableArray<Cidr> subnets = Cidr.Normalise(given.Select(Cidr.Parse));
        InterfaceName? bridge = string.IsNullOrEmpty(Bridge) ? null : InterfaceName.Parse(Bridge);
        return TraceNetwork.ByHand(subnets, bridge, ReadOnce().Host.Routing.Interfaces);
    }

    private TraceInput ReadOnce()
    {
        if (_host is not null)
            return _host;

        _host = new TraceInput(Await(stop => new HostReader(Machine).ReadAsync(HostScope.Traffic, stop)));
        if (_host.Host.Firewall.Unread is string unread)
            WriteWarning($"The trace covers only routing, since the firewall's rules can't be read: {unread}");

        return _host;
    }
}
