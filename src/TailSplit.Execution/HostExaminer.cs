using System.Collections.Immutable;
using System.Globalization;
using System.Net;
using TailSplit.Core;
using TailSplit.Core.Diagnosis;
using TailSplit.Core.Model;
using TailSplit.Core.Text;

namespace TailSplit.Execution;

/// <summary>
/// Gathers all that checks look at, side by side. Reads alone: nothing is written, no packet is sent.
/// </summary>
public sealed class HostExaminer(IProgramRunner runner, IHostFiles files)
{
    private const string DockerFile = "/etc/docker/daemon.json";
    private const string Unit = "/etc/systemd/system/tailsplit.service";
    private const string PolicyFile = "/etc/tailsplit/policy.json";

    /// <exception cref="TailSplitException">
    /// What reading the rules throws; without them there is nothing to check.
    /// </exception>
    public async Task<HostSnapshot> ReadAsync(CancellationToken cancellationToken)
    {
        BlindSpots blind = new();
        IpRoute ip = new(runner);
        Docker docker = new(runner);
        Task<HostState> reading = new HostReader(runner).ReadAsync(cancellationToken);
        Task<(ImmutableArray<DockerNetwork> Networks, ImmutableArray<DockerContainer> Containers, string? Trouble)>
            asking = AskDockerAsync(docker, cancellationToken);
        Task<ImmutableArray<HostRoute>> main = ReadMainRoutesAsync(ip, cancellationToken);
        HostLook look = await new EnvironmentReader(runner, files).LookAsync(
            reading, blind, cancellationToken).ConfigureAwait(false);
        (ImmutableArray<DockerNetwork> networks, ImmutableArray<DockerContainer> containers, string? trouble) =
            await asking.ConfigureAwait(false);
        return new HostSnapshot
        {
            Environment = look.Environment,
            Live = look.State.Live,
            Policies = look.State.Policies,
            Interfaces = look.State.Interfaces,
            TunnelRoutes = look.State.TunnelRoutes,
            MainRoutes = await main.ConfigureAwait(false),
            Networks = networks,
            Containers = containers,
            DockerTrouble = trouble,
            NameServers = NameServersOf(containers),
            Gateways = GatewaysOf(containers),
            Hidden = look.Hidden,
            Iptables = SuffixOf(look.State.Variant),
            HiddenIptables = look.Environment.Store == FirewallStore.Legacy
                ? SuffixOf(IptablesVariant.Nft)
                : SuffixOf(IptablesVariant.Legacy),
            DockerConfiguration = TryRead(DockerFile),
            HasService = files.Exists(Unit),
            Kept = ReadKept(),
        };
    }

    private static async Task<(ImmutableArray<DockerNetwork>, ImmutableArray<DockerContainer>, string?)> AskDockerAsync(
        Docker docker, CancellationToken cancellationToken)
    {
        try
        {
            Task<ImmutableArray<DockerNetwork>> networks = docker.GetNetworksAsync(cancellationToken);
            Task<ImmutableArray<DockerContainer>> containers = docker.GetContainersAsync(cancellationToken);
            await Task.WhenAll(networks, containers).ConfigureAwait(false);
            return (await networks.ConfigureAwait(false), await containers.ConfigureAwait(false), null);
        }
        catch (TailSplitException e)
        {
            return ([], [], e.Message);
        }
    }

    private static async Task<ImmutableArray<HostRoute>> ReadMainRoutesAsync(
        IpRoute ip, CancellationToken cancellationToken)
    {
        ImmutableArray<HostRoute>[] routes = await Task
            .WhenAll(((IpFamily[])[IpFamily.IPv4, IpFamily.IPv6]).Select(
                family => ip.ReadRoutesAsync(family, Core.Rules.RoutingRule.MainTable, cancellationToken)))
            .ConfigureAwait(false);
        return [.. routes.SelectMany(list => list)];
    }

    private ImmutableDictionary<string, ImmutableArray<string>> NameServersOf(
        IEnumerable<DockerContainer> containers) => containers
        .Where(container => container.ResolvConfPath is not null)
        .Select(container => (container.Id, Text: TryRead(container.ResolvConfPath!)))
        .Where(each => each.Text is not null)
        .ToImmutableDictionary(each => each.Id, each => EmbeddedDns.AskedByHost(each.Text!));

    private ImmutableDictionary<string, IPAddress> GatewaysOf(IEnumerable<DockerContainer> containers) => containers
        .Where(container => container.ProcessId > 0)
        .Select(container => (
            container.Id,
            Text: TryRead(string.Create(
                CultureInfo.InvariantCulture, $"/proc/{container.ProcessId}/net/route"))))
        .Select(each => (each.Id, Gateway: each.Text is null ? null : KernelRoutes.DefaultGateway(each.Text)))
        .Where(each => each.Gateway is not null)
        .ToImmutableDictionary(each => each.Id, each => each.Gateway!);

    // Where Docker is on another machine, or the file is root's, checks go by what Docker says.
    private string? TryRead(string path)
    {
        try
        {
            return files.Read(path);
        }
        catch (TailSplitException)
        {
            return null;
        }
    }

    private ImmutableHashSet<string> ReadKept()
    {
        try
        {
            return files.Read(PolicyFile) is string text ? KeptPolicies.Names(PolicyFile, text) : [];
        }
        catch (TailSplitException)
        {
            return [];
        }
    }

    private static string SuffixOf(IptablesVariant variant) => variant switch
    {
        IptablesVariant.Nft => "-nft",
        IptablesVariant.Legacy => "-legacy",
        _ => "",
    };
}
