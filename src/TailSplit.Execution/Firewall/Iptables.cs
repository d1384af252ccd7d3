using System.Globalization;
using TailSplit.Core;
using TailSplit.Core.Errors;
using TailSplit.Core.Hosts;
using TailSplit.Core.Iptables;
using TailSplit.Core.Model;
using TailSplit.Execution.Programs;

namespace TailSplit.Execution.Firewall;

/// <summary>Reads and writes rules by iptables-save, iptables-restore and their IPv6 counterparts.</summary>
public sealed class Iptables(IProgramRunner runner)
{
    /// <summary>Reads the rules of a family, with counters.</summary>
    /// <exception cref="TailSplitException">
    /// NotInstalled, PermissionDenied, ReadFailed or IPv6FirewallMissing.
    /// </exception>
    public async Task<SavedRuleset> ReadAsync(
        IpFamily family, IptablesVariant variant, CancellationToken cancellationToken)
    {
        string program = variant.Program(family, "-save");
        if (family == IpFamily.IPv6 && !runner.IsInstalled(program))
            throw Failures.IPv6FirewallMissing().ToException();

        ProgramCall call = new(program, "-c") { NeedsRoot = true };
        ProgramResult result = await runner.RunAsync(call, cancellationToken).ConfigureAwait(false);
        SavedRuleset saved = SavedRuleset.Parse(
            result.Output, hasLegacyBeside: result.Error.Contains("legacy tables present", StringComparison.Ordinal));
        if (result.Succeeded && saved.Tables.FirstOrDefault(table => !table.IsWhole) is SavedTable half)
            throw Failures.ReadFailed(call.ToString(), $"it ends in the middle of the table {half.Name}").ToException();

        if (result.Succeeded && saved.LeftOut.Count == 0)
            return saved;

        // 3: "Parsing nftables rule failed", after a partial save. Above 128: the program died of a signal.
        if (result.Succeeded || result.ExitCode is 3 or > 128)
        {
            FirewallStore? store = saved.LeftOut.Count > 0 || result.ExitCode == 3
                ? FirewallStore.NfTables
                : await FindStoreAsync(family, variant, saved, cancellationToken).ConfigureAwait(false);
            return await new ChainReader(runner, family, Lister(family, variant, store)).CompleteAsync(
                saved, result, cancellationToken).ConfigureAwait(false);
        }

        throw Failures.ReadFailed(call.ToString(), result.Complaint).ToException();
    }

    /// <summary>
    /// Whether a chain exists in the kernel. It distinguishes removed rules from rules that iptables-save omits.
    /// </summary>
    public async Task<bool> HoldsAsync(IpFamily family, FirewallTools tools, IptablesTable table, string chain)
    {
        string program = Lister(family, tools.Variant, tools.Store);
        if (!runner.IsInstalled(program))
            return false;

        ProgramCall call = new(program, "-t", table.NameOf(), "-S", chain) { NeedsRoot = true };
        return (await runner.RunAsync(call, CancellationToken.None).ConfigureAwait(false)).Succeeded;
    }

    // Prefers the name with the store, which sudo may allow although it does not allow "iptables".
    private string Lister(IpFamily family, IptablesVariant variant, FirewallStore? store)
    {
        string plain = variant.Program(family);
        string named = store is FirewallStore known ? known.Variant().Program(family) : plain;
        return runner.IsInstalled(named) ? named : plain;
    }

    // A kernel without nf_tables: "Failed to initialize nft: Protocol not supported"; with nfnetlink but without
    // nf_tables: "Invalid argument" (linux net/netfilter/nfnetlink.c: nfnetlink_rcv_msg).
    private static bool HasNoNfTables(TailSplitException e) =>
        e.Failure.Id == nameof(Failures.ReadFailed)
        && ((e.Message.Contains("Failed to initialize nft", StringComparison.Ordinal)
                && e.Message.Contains("not supported", StringComparison.Ordinal))
            || (e.Message.Contains("rule set generation id", StringComparison.Ordinal)
                && (e.Message.Contains("not supported", StringComparison.Ordinal)
                    || e.Message.Contains("Invalid argument", StringComparison.Ordinal))));

    /// <summary>Reads the rules of a family as text without counters, to see whether any rule has changed.</summary>
    /// <exception cref="TailSplitException">NotInstalled, PermissionDenied or ReadFailed.</exception>
    public async Task<string> ReadTextAsync(
        IpFamily family, IptablesVariant variant, CancellationToken cancellationToken)
    {
        ProgramCall call = new(variant.Program(family, "-save")) { NeedsRoot = true };
        ProgramResult result = await runner.RunAsync(call, cancellationToken).ConfigureAwait(false);
        // A partial save is enough to see a change.
        if (!result.Succeeded && result.ExitCode is not (3 or > 128))
            throw Failures.ReadFailed(call.ToString(), result.Complaint).ToException();

        // Comments contain the time of day, and built-in chains have counters even without -c.
        return string.Join(
            '\n',
            result.Output.Split('\n')
                .Where(line => line is not ['#', ..])
                .Select(line => line is [':', ..] ? line.Split('[')[0] : line));
    }

    /// <summary>Finds the variant with Docker's chains, and its IPv4 rules; the default one if none has them.</summary>
    public async Task<(IptablesVariant Variant, SavedRuleset Rules)> FindAsync(CancellationToken cancellationToken)
    {
        SavedRuleset? usual = null;
        TailSplitException? trouble = null;
        try
        {
            usual = await ReadAsync(
                IpFamily.IPv4, IptablesVariant.Default, cancellationToken).ConfigureAwait(false);
            if (HoldsDocker(usual))
                return (IptablesVariant.Default, usual);
        }
        catch (TailSplitException e) when (HasNoNfTables(e))
        {
            trouble = e;
        }

        foreach (IptablesVariant variant in (IptablesVariant[])[IptablesVariant.Nft, IptablesVariant.Legacy])
        {
            if (!runner.IsInstalled(variant.Program(IpFamily.IPv4, "-save")))
                continue;

            SavedRuleset? other = await TryReadAsync(
                IpFamily.IPv4, variant, cancellationToken).ConfigureAwait(false);
            // If "iptables" does not work on this kernel, Docker's rules can only be in the other store.
            if (other is not null && (HoldsDocker(other) || usual is null))
                return (variant, other);
        }

        return usual is null ? throw trouble! : (IptablesVariant.Default, usual);
    }

    /// <summary>
    /// Finds the programs of the store that is not in use. Null unless the programs themselves name two stores, since
    /// they may otherwise have the same one.
    /// </summary>
    /// <param name="family">The family.</param>
    /// <param name="used">The store in use.</param>
    /// <param name="cancellationToken">Stops the search.</param>
    public async Task<FirewallTools?> FindOtherAsync(
        IpFamily family, FirewallStore? used, CancellationToken cancellationToken)
    {
        if (used is not FirewallStore known)
            return null;

        foreach (IptablesVariant variant in (IptablesVariant[])[known.Other().Variant(), IptablesVariant.Default])
        {
            if (CanRead(family, variant)
                && await FindStoreAsync(family, variant, cancellationToken).ConfigureAwait(false) == known.Other())
            {
                return new FirewallTools(variant, known.Other());
            }
        }

        return null;
    }

    /// <summary>
    /// Reads the rules of a family in the store that Docker does not use. TailSplit may have written there before
    /// Docker changed its store, and both stores are in force.
    /// </summary>
    /// <param name="family">The family.</param>
    /// <param name="used">The host, with the rules of the store that Docker uses.</param>
    /// <param name="cancellationToken">Stops the reading.</param>
    public async Task<SavedRuleset> ReadOtherAsync(
        IpFamily family, Host used, CancellationToken cancellationToken)
    {
        // iptables-nft-save reports whether x_tables has rules. For the opposite case nf_tables must be read.
        FirewallStore? store = used.Firewall.ToolsOf(family).Store;
        bool worthwhile = store == FirewallStore.Legacy || used.Live.Iptables.Saved(family).HasLegacyBeside;
        FirewallTools? other = worthwhile
            ? await FindOtherAsync(family, store, cancellationToken).ConfigureAwait(false)
            : null;
        return other is null
            ? SavedRuleset.Empty
            : await ReadOtherAsync(family, other, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Reads the rules of the store that is not in use; empty if the kernel lacks it.</summary>
    /// <exception cref="TailSplitException">ReadFailed: the store exists, and can't be read.</exception>
    public async Task<SavedRuleset> ReadOtherAsync(
        IpFamily family, FirewallTools other, CancellationToken cancellationToken)
    {
        try
        {
            return await ReadAsync(family, other.Variant, cancellationToken).ConfigureAwait(false);
        }
        catch (TailSplitException e) when (HasNoNfTables(e))
        {
            return SavedRuleset.Empty;
        }
    }

    /// <summary>Whether the save program of a variant is installed.</summary>
    public bool CanRead(IpFamily family, IptablesVariant variant) =>
        runner.IsInstalled(variant.Program(family, "-save"));

    /// <summary>
    /// The store that the rules of a family were read from, by the save itself, otherwise by the program's version.
    /// </summary>
    public async Task<FirewallStore?> FindStoreAsync(
        IpFamily family, IptablesVariant variant, SavedRuleset saved, CancellationToken cancellationToken) =>
        saved.IsNfTables
            ? FirewallStore.NfTables
            : await AskAsync(family, variant, "-save", cancellationToken).ConfigureAwait(false);

    // Asks the programs, since their names can be links or wrappers. Null if they do not say, or if the save and
    // restore programs disagree.
    private async Task<FirewallStore?> FindStoreAsync(
        IpFamily family, IptablesVariant variant, CancellationToken cancellationToken)
    {
        FirewallStore?[] stores = await Task
            .WhenAll(((string[])["-save", "-restore"]).Select(
                action => AskAsync(family, variant, action, cancellationToken)))
            .ConfigureAwait(false);
        return stores[0] == stores[1] ? stores[0] : null;
    }

    /// <summary>Verifies that the restore program writes to the store that the save program reads.</summary>
    /// <exception cref="TailSplitException">IptablesDisagree.</exception>
    public async Task AssertWritesWhereReadAsync(
        IpFamily family, FirewallTools tools, CancellationToken cancellationToken)
    {
        FirewallStore? written = await AskAsync(
            family, tools.Variant, "-restore", cancellationToken).ConfigureAwait(false);
        if (tools.Store is FirewallStore read && written is FirewallStore other && other != read)
        {
            throw Failures.IptablesDisagree(
                tools.Variant.Program(family, "-save"), read.KernelName(),
                tools.Variant.Program(family, "-restore"), other.KernelName()).ToException();
        }
    }

    // In old versions only iptables itself has --version, not its save and restore programs: "iptables v1.6.1".
    private async Task<FirewallStore?> AskAsync(
        IpFamily family, IptablesVariant variant, string action, CancellationToken cancellationToken)
    {
        foreach (string program in (string[])[variant.Program(family, action), variant.Program(family)])
        {
            if (!runner.IsInstalled(program))
                continue;

            if (IptablesFile.StoreOf(runner.FileOf(program)) is FirewallStore known)
                return known;

            ProgramResult result = await runner.RunAsync(
                new ProgramCall(program, "--version"), cancellationToken).ConfigureAwait(false);
            if (result.Succeeded)
                return IptablesVersion.StoreOf(result.Output);
        }

        return null;
    }

    /// <summary>Tests the text, without writing.</summary>
    public Task<ProgramResult> TestAsync(
        IpFamily family, IptablesVariant variant, string text, int waitSeconds, CancellationToken cancellationToken) =>
        runner.RunAsync(Restore(family, variant, text, waitSeconds, "--test"), cancellationToken);

    /// <summary>
    /// Writes the text, each table in one commit. It can't be cancelled: a partial change is worse than a late one.
    /// </summary>
    public Task<ProgramResult> CommitAsync(IpFamily family, IptablesVariant variant, string text, int waitSeconds) =>
        runner.RunAsync(Restore(family, variant, text, waitSeconds), CancellationToken.None);

    private static ProgramCall Restore(
        IpFamily family, IptablesVariant variant, string text, int waitSeconds, params string[] more) =>
        new(
            variant.Program(family, "-restore"),
            [.. more, "--noflush", "--counters", "--wait", waitSeconds.ToString(CultureInfo.InvariantCulture)])
        {
            Input = text,
            NeedsRoot = true,
        };

    /// <summary>Reads the rules of a store that may be missing; null if they can't be read.</summary>
    public async Task<SavedRuleset?> TryReadAsync(
        IpFamily family, IptablesVariant variant, CancellationToken cancellationToken)
    {
        try
        {
            return await ReadAsync(family, variant, cancellationToken).ConfigureAwait(false);
        }
        catch (TailSplitException e) when (e.Failure.Id == nameof(Failures.ReadFailed))
        {
            return null;
        }
    }

    /// <summary>Whether the rules contain Docker's chains.</summary>
    public static bool HoldsDocker(SavedRuleset rules) =>
        rules.Find(IptablesTable.Nat, "DOCKER") is not null || rules.Find(IptablesTable.Filter, "DOCKER") is not null;
}
