using System.Collections.Immutable;
using TailSplit.Core;
using TailSplit.Core.Errors;
using TailSplit.Core.Hosts;
using TailSplit.Core.Iptables;
using TailSplit.Core.Model;
using TailSplit.Execution.Firewall;

namespace TailSplit.Execution.Hosts;

/// <summary>Reads the iptables store that Docker does not use. Its rules are in force too.</summary>
internal sealed class OtherStoreReader(Machine machine)
{
    private const string Name = "The other iptables store";
    private const string LegacyTables = "/proc/net/ip_tables_names";

    private readonly Iptables _iptables = new(machine.Programs);

    /// <summary>
    /// Reads it if rules of TailSplit can remain in it. An unreadable store that is not in use must not stop a change:
    /// Remove-TailSplitPolicy and the check OtherIptables report it.
    /// </summary>
    public async Task<HostFirewall> ReadAsync(Host host, CancellationToken cancellationToken)
    {
        UnreadParts unread = new();
        SavedRuleset?[] saved = await Task
            .WhenAll(machine.Families.Select(family => unread.TryAsync(
                $"{family}",
                () => _iptables.ReadOtherAsync(family, host, cancellationToken),
                failure => failure.Id == nameof(Failures.ReadFailed))))
            .ConfigureAwait(false);
        return host.Firewall with
        {
            Other = machine.Families.Zip(saved).ToImmutableDictionary(
                pair => pair.First, pair => pair.Second ?? SavedRuleset.Empty),
            OtherUnread = unread.Reasons.Any() ? string.Join(" ", unread.Reasons) : null,
        };
    }

    /// <summary>Reads all of it. If it can't be read, the reason is kept.</summary>
    public async Task<HostFirewall> ReadWholeAsync(Host host, UnreadParts unread, CancellationToken cancellationToken)
    {
        HostFirewall firewall = host.Firewall;
        if (firewall.Store is null)
        {
            unread.Add(
                "The iptables store",
                firewall.Backends.IptablesTrouble?.Message ?? "'iptables --version' does not name it.");
        }

        if (firewall.Backends.NftablesTrouble is Failure { Kind: not FailureKind.NotInstalled } trouble)
            unread.Add("TailSplit's table of nf_tables", trouble.Message);

        if (firewall.Store is null)
            return firewall with { Other = null };

        string? failed = null;
        ImmutableDictionary<IpFamily, SavedRuleset>? other = await unread.TryAsync(
            Name, () => ReadAllAsync(firewall, unread, cancellationToken),
            failure =>
            {
                failed = failure.Message;
                return true;
            }).ConfigureAwait(false);
        return firewall with { Other = other, OtherUnread = failed };
    }

    private async Task<ImmutableDictionary<IpFamily, SavedRuleset>?> ReadAllAsync(
        HostFirewall firewall, UnreadParts unread, CancellationToken cancellationToken)
    {
        Dictionary<IpFamily, FirewallTools> tools = [];
        foreach (IpFamily family in machine.Families)
        {
            if (await _iptables.FindOtherAsync(family, firewall.ToolsOf(family).Store, cancellationToken)
                .ConfigureAwait(false) is FirewallTools found)
            {
                tools[family] = found;
            }
        }

        if (!tools.ContainsKey(IpFamily.IPv4))
            return ReportMissing(firewall.OtherVariant, unread);

        ImmutableDictionary<IpFamily, SavedRuleset>.Builder saved =
            ImmutableDictionary.CreateBuilder<IpFamily, SavedRuleset>();
        foreach ((IpFamily family, FirewallTools other) in tools)
            saved[family] = await _iptables.ReadOtherAsync(family, other, cancellationToken).ConfigureAwait(false);

        return saved.ToImmutable();
    }

    private ImmutableDictionary<IpFamily, SavedRuleset>? ReportMissing(IptablesVariant named, UnreadParts unread)
    {
        // The kernel lists every legacy table that has been used since boot.
        if (named == IptablesVariant.Legacy && string.IsNullOrWhiteSpace(
            unread.Try("The legacy iptables rules", () => machine.Files.Read(LegacyTables))))
        {
            return ImmutableDictionary<IpFamily, SavedRuleset>.Empty;
        }

        string program = named.Program(IpFamily.IPv4);
        unread.Add(
            Name,
            _iptables.CanRead(IpFamily.IPv4, named)
                ? $"{program} reads the same store as iptables, or does not name its store."
                : $"{program} is not installed.");
        return null;
    }
}
