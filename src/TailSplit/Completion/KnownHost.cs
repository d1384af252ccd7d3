using System.Collections.Immutable;
using TailSplit.Core.Compilation;
using TailSplit.Core.Hosts;
using TailSplit.Core.Model;
using TailSplit.Execution.Containers;
using TailSplit.Execution.Hosts;

namespace TailSplit.Completion;

/// <summary>What completion has read from the host.</summary>
internal static class KnownHost
{
    private static readonly Recent<DockerNetwork> s_networks = new(async (machine, known, stop) =>
        (await new HostEngines(machine).ReadNetworksAsync(known, stop).ConfigureAwait(false)).Networks);

    private static readonly Recent<LivePolicy> s_policies = new(async (machine, _, stop) =>
        (await new HostReader(machine).ReadAsync(HostScope.Policies, stop).ConfigureAwait(false)).Policies);

    private static readonly Recent<Host> s_routing = new(async (machine, _, stop) =>
        ImmutableArray.Create(await new HostReader(machine).ReadAsync(HostScope.Routing, stop).ConfigureAwait(false)));

    public static IReadOnlyList<DockerNetwork> Networks => s_networks.Get();

    public static IReadOnlyList<LivePolicy> Policies => s_policies.Get();

    /// <summary>Interfaces, routes and ip rules; null if they can't be read.</summary>
    public static Host? Routing => s_routing.Get() is [Host host, ..] ? host : null;
}
