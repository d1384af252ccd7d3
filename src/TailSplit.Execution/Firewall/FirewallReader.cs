using System.Collections.Immutable;
using TailSplit.Core;
using TailSplit.Core.Compilation;
using TailSplit.Core.Errors;
using TailSplit.Core.Iptables;
using TailSplit.Core.Model;
using TailSplit.Core.Nftables;

namespace TailSplit.Execution.Firewall;

/// <summary>Reads both firewall backends of a host at the same time.</summary>
internal sealed class FirewallReader(Machine machine)
{
    private readonly Iptables _iptables = new(machine.Programs);
    private readonly Nftables _nftables = new(machine.Programs);

    /// <summary>
    /// Reads TailSplit's rules. Beside its own nftables table it leaves out iptables, which can have many rules of
    /// others, if no store of iptables has a chain of TailSplit.
    /// </summary>
    /// <inheritdoc cref="ReadAsync"/>
    public async Task<FirewallReading> ReadOwnAsync(
        ImmutableDictionary<IpFamily, FirewallTools> known, CancellationToken cancellationToken)
    {
        // nft takes a few milliseconds, iptables-save a hundred beside 20,000 rules of others.
        Task<(NftContent Content, Failure? Trouble)> table = ReadNftablesAsync(cancellationToken);
        (NftContent content, Failure? trouble) = await table.ConfigureAwait(false);
        return trouble is null && content.HasOwn && HasNoLegacyTable()
            && await _nftables.HoldsIptablesChainAsync(cancellationToken).ConfigureAwait(false) == false
            ? new FirewallReading(
                ImmutableDictionary<IpFamily, SavedRuleset>.Empty,
                ImmutableDictionary<IpFamily, FirewallTools>.Empty,
                content,
                FirewallBackends.All)
            : await ReadAllAsync(known, table, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Reads the rules and the programs of both backends.</summary>
    /// <param name="known">The programs of an earlier reading.</param>
    /// <param name="cancellationToken">Cancels the reading.</param>
    /// <exception cref="TailSplitException">The part that can't be read may have rules of TailSplit.</exception>
    public Task<FirewallReading> ReadAsync(
        ImmutableDictionary<IpFamily, FirewallTools> known, CancellationToken cancellationToken) =>
        ReadAllAsync(known, ReadNftablesAsync(cancellationToken), cancellationToken);

    /// <summary>Reads the rules of iptables again.</summary>
    /// <exception cref="TailSplitException">They can't be read.</exception>
    public async Task<IReadOnlyDictionary<IpFamily, SavedRuleset>?> ReadIptablesAgainAsync(
        ImmutableDictionary<IpFamily, FirewallTools> known, CancellationToken cancellationToken) =>
        (await ReadIptablesAsync(known, cancellationToken).ConfigureAwait(false)).Saved;

    /// <summary>Reads TailSplit's own nftables table again.</summary>
    /// <exception cref="TailSplitException">It can't be read.</exception>
    public async Task<NftContent?> ReadTableAgainAsync(CancellationToken cancellationToken) =>
        await _nftables.ReadAsync(cancellationToken).ConfigureAwait(false);

    private async Task<FirewallReading> ReadAllAsync(
        ImmutableDictionary<IpFamily, FirewallTools> known,
        Task<(NftContent, Failure?)> nftReading,
        CancellationToken cancellationToken)
    {
        Task<(IReadOnlyDictionary<IpFamily, SavedRuleset> Saved, ImmutableDictionary<IpFamily, FirewallTools> Tools)>
            reading = ReadIptablesAsync(known, cancellationToken);
        // Both readings end before a failure of one is thrown.
        await Task.WhenAny(Task.WhenAll(reading, nftReading)).ConfigureAwait(false);
        (NftContent nft, Failure? nftTrouble) = await nftReading.ConfigureAwait(false);
        try
        {
            (IReadOnlyDictionary<IpFamily, SavedRuleset> saved, ImmutableDictionary<IpFamily, FirewallTools> tools) =
                await reading.ConfigureAwait(false);
            bool dockerElsewhere = nftTrouble is null && !nft.HasOwn
                && !Iptables.HoldsDocker(saved[IpFamily.IPv4])
                && await _nftables.HoldsDockerAsync(cancellationToken).ConfigureAwait(false);
            return new FirewallReading(
                saved, tools, nft,
                new FirewallBackends { NftablesTrouble = nftTrouble, DockerUsesNftables = dockerElsewhere });
        }
        catch (TailSplitException e) when (nftTrouble is null && IsWithout(e.Failure, nft))
        {
            return new FirewallReading(
                ImmutableDictionary<IpFamily, SavedRuleset>.Empty,
                ImmutableDictionary<IpFamily, FirewallTools>.Empty,
                nft,
                new FirewallBackends { IptablesTrouble = e.Failure });
        }
    }

    // The kernel lists each table of iptables-legacy that was used since boot. Only root can read the lists.
    private bool HasNoLegacyTable()
    {
        try
        {
            return ((string[])["/proc/net/ip_tables_names", "/proc/net/ip6_tables_names"])
                .All(path => string.IsNullOrWhiteSpace(machine.Files.Read(path)));
        }
        catch (TailSplitException)
        {
            return false;
        }
    }

    // Without the programs of iptables, no program has written its rules. Unreadable rules of iptables are an error,
    // unless the policies are known to be in nftables.
    private static bool IsWithout(Failure failure, NftContent nft) =>
        failure.Kind == FailureKind.NotInstalled || (nft.HasOwn && failure.Id == nameof(Failures.ReadFailed));

    // A host with policies in iptables does not need nft. TailSplit writes to no table that nft can't read.
    private async Task<(NftContent Content, Failure? Trouble)> ReadNftablesAsync(CancellationToken cancellationToken)
    {
        if (_nftables.WhyNot is Failure missing)
            return (NftContent.None, missing);

        try
        {
            return (await _nftables.ReadAsync(cancellationToken).ConfigureAwait(false), null);
        }
        catch (TailSplitException e) when (e.Failure.Id is nameof(Failures.ReadFailed) or nameof(Failures.NoNfTables))
        {
            return (NftContent.None, e.Failure);
        }
    }

    private async Task<(
        IReadOnlyDictionary<IpFamily, SavedRuleset> Saved, ImmutableDictionary<IpFamily, FirewallTools> Tools)>
        ReadIptablesAsync(ImmutableDictionary<IpFamily, FirewallTools> known, CancellationToken cancellationToken)
    {
        Task<(IptablesVariant Variant, SavedRuleset Rules)> firewall = _iptables.FindAsync(cancellationToken);

        // Reads IPv6 by the default variant at the same time, and again by another one only if IPv4 uses that.
        Task<SavedRuleset?>? firewall6 = machine.HasIPv6
            ? _iptables.TryReadAsync(IpFamily.IPv6, IptablesVariant.Default, cancellationToken)
            : null;
        await Task.WhenAll(((Task?[])[firewall, firewall6]).OfType<Task>()).ConfigureAwait(false);
        (IptablesVariant variant, SavedRuleset rules) = await firewall.ConfigureAwait(false);
        Dictionary<IpFamily, SavedRuleset> saved = new() { [IpFamily.IPv4] = rules };
        Dictionary<IpFamily, IptablesVariant> variants = new() { [IpFamily.IPv4] = variant };
        if (firewall6 is not null)
        {
            SavedRuleset? usual = await firewall6.ConfigureAwait(false);
            bool stays = usual is not null && (variant == IptablesVariant.Default || Iptables.HoldsDocker(usual));
            variants[IpFamily.IPv6] = stays ? IptablesVariant.Default : variant;
            saved[IpFamily.IPv6] = stays
                ? usual!
                : await _iptables.ReadAsync(IpFamily.IPv6, variant, cancellationToken).ConfigureAwait(false);
        }

        FirewallTools[] tools = await Task
            .WhenAll(variants.Select(async choice =>
                known.GetValueOrDefault(choice.Key) is { Store: not null } before && before.Variant == choice.Value
                    ? before
                    : new FirewallTools(choice.Value, await _iptables.FindStoreAsync(
                        choice.Key, choice.Value, saved[choice.Key], cancellationToken).ConfigureAwait(false))))
            .ConfigureAwait(false);
        return (saved, variants.Keys.Zip(tools).ToImmutableDictionary(pair => pair.First, pair => pair.Second));
    }
}
