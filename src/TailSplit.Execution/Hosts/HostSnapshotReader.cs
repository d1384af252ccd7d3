using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using TailSplit.Core;
using TailSplit.Core.Containers;
using TailSplit.Core.Diagnosis;
using TailSplit.Core.Documents;
using TailSplit.Core.Kernel;
using TailSplit.Core.Model;
using TailSplit.Core.Rules;
using TailSplit.Core.Services;
using TailSplit.Core.Tracing;
using TailSplit.Core.Tracing.Native;
using TailSplit.Execution.Containers;
using TailSplit.Execution.Firewall;
using TailSplit.Execution.Routing;
using TailSplit.Execution.Services;

namespace TailSplit.Execution.Hosts;

/// <summary>Reads everything that checks depend on, at the same time. It writes nothing and sends no packet.</summary>
public sealed class HostSnapshotReader(Machine machine)
{
    private const string DockerFile = "/etc/docker/daemon.json";

    // The units that put policies in force at boot.
    private static readonly string s_unit = ServiceLayout.UnitFile(ServiceLayout.SyncUnit);

    /// <exception cref="TailSplitException">
    /// The rules can't be read, so no check is possible.
    /// </exception>
    public async Task<HostSnapshot> ReadAsync(CancellationToken cancellationToken)
    {
        UnreadParts unread = new();
        Task<HostState> reading = new HostReader(machine).ReadAsync(cancellationToken);
        Task<(HostNetworks Networks, ImmutableArray<DockerContainer> Containers)> asking =
            new HostEngines(machine).ReadAllAsync(cancellationToken);
        Task<NativeView> native = new NativeReader(machine.Programs).ReadAsync(cancellationToken);
        Task<ImmutableArray<HostRoute>> main = new IpRoute(machine.Programs).ReadRoutesAsync(
            machine.Families, RoutingRule.MainTable, cancellationToken);
        HostReading look = await new EnvironmentReader(machine).ReadHostAsync(
            reading, unread, cancellationToken).ConfigureAwait(false);
        (HostNetworks networks, ImmutableArray<DockerContainer> containers) =
            await asking.ConfigureAwait(false);
        (ImmutableHashSet<string> kept, Failure? keptTrouble) = ReadKept();
        ImmutableDictionary<(IpFamily, InterfaceName), TraceHost> trace =
            await ReadTraceAsync(look.State, native, unread, cancellationToken).ConfigureAwait(false);
        return new HostSnapshot
        {
            Environment = look.Environment with { NotSeen = [.. unread.Reasons] },
            Live = look.State.Live,
            Policies = look.State.Policies,
            Trace = trace,
            Interfaces = look.State.Interfaces,
            TunnelRoutes = look.State.TunnelRoutes,
            MainRoutes = await main.ConfigureAwait(false),
            Networks = networks.Networks,
            Containers = containers,
            DockerTrouble = networks.IsUnknown ? networks.Unseen[0].Failure.Message : null,
            Engines = networks.Engines,
            Unseen = networks.IsUnknown ? [] : networks.Unseen,
            Questions = QuestionsOf(containers),
            Gateways = GatewaysOf(containers),
            Hidden = look.Hidden,
            Native = await native.ConfigureAwait(false),
            IptablesTrouble = look.State.Backends.IptablesTrouble,
            Iptables = Iptables.SuffixOf(look.State.Variant),
            HiddenIptables = Iptables.SuffixOf(look.HiddenStore),
            DockerConfiguration = TryRead(DockerFile),
            HasService = machine.Files.Exists(s_unit),
            Kept = kept,
            KeptTrouble = keptTrouble,
            UnitTroubles = new ServiceUnitReader(machine.Files).Read(),
        };
    }

    private async Task<ImmutableDictionary<(IpFamily, InterfaceName), TraceHost>> ReadTraceAsync(
        HostState state, Task<NativeView> native, UnreadParts unread, CancellationToken cancellationToken)
    {
        if (state.Policies.IsEmpty || state.FirewallUnread is not null)
            return ImmutableDictionary<(IpFamily, InterfaceName), TraceHost>.Empty;

        TraceInput? source = await unread.TryAsync(
            "All routes",
            () => new TraceReader(machine).ReadAsync(state, native, cancellationToken)).ConfigureAwait(false);
        return source is null
            ? ImmutableDictionary<(IpFamily, InterfaceName), TraceHost>.Empty
            : (from bridge in state.Policies
                   .Select(policy => policy.Policy.Target.Bridge)
                   .OfType<InterfaceName>()
                   .Distinct()
               from family in state.Environment.Families
               select (Key: (family, bridge), Host: source.For(family, bridge)))
                .ToImmutableDictionary(each => each.Key, each => each.Host);
    }

    private ImmutableDictionary<string, NameQuestions> QuestionsOf(IEnumerable<DockerContainer> containers)
    {
        string? hosts = TryRead(ContainerNames.HostsFile);
        return containers
            .Where(container => container.ResolvConfPath is not null)
            .Select(container => (Container: container, Text: TryRead(container.ResolvConfPath!)))
            .Where(each => each.Text is not null)
            .ToImmutableDictionary(
                each => each.Container.Id, each => NameQuestions.Of(each.Container, each.Text!, hosts));
    }

    private ImmutableDictionary<string, ContainerGateways> GatewaysOf(IEnumerable<DockerContainer> containers) =>
        containers
            .Where(container => container.ProcessId > 0)
            .Select(container => (container.Id, Gateways: GatewaysOf(container)))
            .Where(each => each.Gateways is not null)
            .ToImmutableDictionary(each => each.Id, each => each.Gateways!);

    // A kernel without IPv6 lacks the second file, and sends no IPv6 packet.
    private ContainerGateways? GatewaysOf(DockerContainer container)
    {
        string folder = string.Create(CultureInfo.InvariantCulture, $"/proc/{container.ProcessId}/net");
        return TryRead($"{folder}/route") is string routes
            ? new ContainerGateways(
                KernelRoutes.DefaultGateway(routes),
                TryRead($"{folder}/ipv6_route") is string others ? KernelRoutes.DefaultGatewayIPv6(others) : null)
            : null;
    }

    // If Docker is on another machine, or only root can read the file, checks rely on Docker's own output.
    private string? TryRead(string path)
    {
        try
        {
            return machine.Files.Read(path);
        }
        catch (TailSplitException)
        {
            return null;
        }
    }

    private (ImmutableHashSet<string> Names, Failure? Trouble) ReadKept()
    {
        try
        {
            return machine.Files.Read(ServiceLayout.PolicyFile) is string text
                ? ([.. Document(text).Policies.Select(kept => kept.Policy.Name.ToString())], null)
                : ([], null);
        }
        catch (TailSplitException e)
        {
            return ([], e.Failure);
        }
    }

    // Applies the same conditions as the unit: a file that the unit refuses restores no policy.
    private static PolicyDocument Document(string text) =>
        PolicyDocumentReader.Read(ServiceLayout.PolicyFile, Encoding.UTF8.GetBytes(text));
}
