using System.Collections.Immutable;
using TailSplit.Core;
using TailSplit.Core.Containers;
using TailSplit.Core.Diagnosis;
using TailSplit.Core.Iptables;
using TailSplit.Core.Kernel;
using TailSplit.Core.Model;
using TailSplit.Core.Tailscale;
using TailSplit.Execution.Containers;
using TailSplit.Execution.Firewall;
using TailSplit.Execution.Routing;

namespace TailSplit.Execution.Hosts;

/// <summary>Reads everything about the host that policies depend on, and keeps what could not be read.</summary>
public sealed class EnvironmentReader(Machine machine)
{
    private const string Firewall = "The firewall's rules";
    private const string LegacyTables = "/proc/net/ip_tables_names";

    private readonly Iptables _iptables = new(machine.Programs);

    /// <summary>Reads what it can, also without root, Docker or Tailscale.</summary>
    public async Task<HostEnvironment> ReadAsync(CancellationToken cancellationToken)
    {
        UnreadParts unread = new();
        return (await ReadHostAsync(ReadStateAsync(unread, cancellationToken), unread, cancellationToken)
            .ConfigureAwait(false)).Environment;
    }

    internal async Task<HostReading> ReadHostAsync(
        Task<HostState> reading, UnreadParts unread, CancellationToken cancellationToken)
    {
        TailscaleClient tailscale = new(machine.Programs);
        Task<TailscaleStatus?> status = unread.TryAsync(
            "Tailscale's status", () => tailscale.GetStatusAsync(cancellationToken));
        Task<TailscalePrefs?> prefs = unread.TryAsync(
            "Tailscale's settings", () => tailscale.GetPrefsAsync(cancellationToken));
        Task<DockerInfo?> docker = unread.TryAsync(
            "Docker's version and firewall",
            () => new HostEngines(machine).GetDockerInfoAsync(cancellationToken));
        Task<bool?> networkd = AskNetworkdAsync(unread, cancellationToken);
        HostState state = await reading.ConfigureAwait(false);
        FirewallStore? store = state.FirewallUnread is null ? state.ToolsOf(IpFamily.IPv4).Store : null;
        if (store is null && state.FirewallUnread is null)
        {
            unread.Add(
                "Which iptables this is",
                state.Backends.IptablesTrouble?.Message ?? "'iptables --version' does not say it.");
        }

        if (state.Backends.NftablesTrouble is Failure { Kind: not FailureKind.NotInstalled } trouble)
            unread.Add("TailSplit's table of nf_tables", trouble.Message);

        IptablesVariant other = Iptables.NamedFor(Iptables.OtherThan(store ?? FirewallStore.NfTables));
        IReadOnlyDictionary<IpFamily, SavedRuleset>? hidden = store is null
            ? null
            : await ReadHiddenAsync(state, other, unread, cancellationToken).ConfigureAwait(false);

        KernelSettings kernel = new(machine.Files);
        HostInterface? tunnel = state.Interfaces.FirstOrDefault(link => link.Name == state.Tunnel?.ToString());
        LiveRoutingRule[] theirs =
        [
            .. state.Live.AllRouting.Where(rule => TailscalePreferences.IsTailscales(rule, state.Environment))
        ];
        HostEnvironment environment = new()
        {
            Rules = state.Environment,
            Tunnel = state.Tunnel,
            TunnelAddresses =
            [
                .. (tunnel?.Addresses ?? [])
                    .Where(address => !address.Address.IsIPv6LinkLocal)
                    .Select(address => address.Address.ToString())
            ],
            TunnelMtu = tunnel is { Mtu: > 0 } ? tunnel.Mtu : null,
            TunnelDefaults = [.. state.TunnelRoutes
                .Where(route => route.IsDefault && route.Type is null && route.Device == state.Tunnel?.ToString())
                .Select(route => route.Family)],
            TailscalePreferences = [.. theirs.Select(rule => rule.Preference).Distinct().Order()],
            EscapeMark = theirs.Select(rule => rule.FwMark).FirstOrDefault(mark => mark is not null),
            Tailscale = await status.ConfigureAwait(false),
            Preferences = await prefs.ConfigureAwait(false),
            ReversePath = unread.Try("The reverse path check", kernel.ReadReversePath)
                ?? ImmutableSortedDictionary<string, ReversePathFilter>.Empty,
            SrcValidMark = unread.Try("src_valid_mark", kernel.ReadSrcValidMark),
            Forwards = unread.Try("ip_forward", kernel.ReadForwarding),
            ForwardsIPv6 = unread.Try("IPv6 forwarding", kernel.ReadIPv6Forwarding),
            Docker = await docker.ConfigureAwait(false),
            Store = store,
            HiddenRules = hidden?.Values.Sum(
                ruleset => ruleset.Tables.Sum(table => table.Chains.Sum(chain => chain.Rules.Count))),
            NetworkdDeletesRules = await networkd.ConfigureAwait(false),
        };
        return new HostReading(
            state,
            environment with { NotSeen = [.. unread.Reasons] },
            hidden ?? ImmutableDictionary<IpFamily, SavedRuleset>.Empty,
            other);
    }

    private async Task<HostState> ReadStateAsync(UnreadParts unread, CancellationToken cancellationToken)
    {
        HostReader reader = new(machine);
        HostState? state = await unread.TryAsync(
            Firewall, () => reader.ReadAsync(cancellationToken)).ConfigureAwait(false);
        if (state is not null)
            return state;

        state = await reader.ReadRoutingOnlyAsync(cancellationToken).ConfigureAwait(false);
        if (state.Interfaces.IsEmpty)
            unread.Add("Interfaces, routes and ip rules", "'ip' gives no answer.");

        return state with { FirewallUnread = Firewall };
    }

    private async Task<bool?> AskNetworkdAsync(UnreadParts unread, CancellationToken cancellationToken)
    {
        try
        {
            return await new Networkd(machine).DeletesForeignRulesAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (TailSplitException e)
        {
            unread.Add("networkd's settings", e.Message);
            return null;
        }
    }

    // A program sees only the rules of its own store; those of the other store are in force too.
    private async Task<IReadOnlyDictionary<IpFamily, SavedRuleset>?> ReadHiddenAsync(
        HostState state, IptablesVariant named, UnreadParts unread, CancellationToken cancellationToken)
    {
        Dictionary<IpFamily, FirewallTools> tools = [];
        foreach (IpFamily family in machine.Families)
        {
            if (await _iptables.FindOtherAsync(family, state.ToolsOf(family).Store, cancellationToken)
                .ConfigureAwait(false) is FirewallTools found)
            {
                tools[family] = found;
            }
        }

        if (!tools.ContainsKey(IpFamily.IPv4))
        {
            // The kernel lists every legacy table that has been used since boot.
            bool none = named == IptablesVariant.Legacy
                && string.IsNullOrWhiteSpace(unread.Try("The legacy iptables rules", () => machine.Files.Read(LegacyTables)));
            if (none)
                return ImmutableDictionary<IpFamily, SavedRuleset>.Empty;

            string program = $"iptables{Iptables.SuffixOf(named)}";
            unread.Add(
                "The other iptables' rules",
                _iptables.CanRead(IpFamily.IPv4, named)
                    ? $"{program} shows the same rules as iptables, or does not say which it shows."
                    : $"{program} is not installed.");
            return null;
        }

        return await unread.TryAsync<IReadOnlyDictionary<IpFamily, SavedRuleset>>(
            "The other iptables' rules",
            async () =>
            {
                Dictionary<IpFamily, SavedRuleset> saved = [];
                foreach ((IpFamily family, FirewallTools other) in tools)
                {
                    saved[family] = await _iptables.ReadOtherAsync(
                        family, other, cancellationToken).ConfigureAwait(false);
                }

                return saved;
            }).ConfigureAwait(false);
    }
}
