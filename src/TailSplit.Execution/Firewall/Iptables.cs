using System.Globalization;
using TailSplit.Core;
using TailSplit.Core.Diagnosis;
using TailSplit.Core.Iptables;
using TailSplit.Core.Model;
using TailSplit.Execution.Hosts;
using TailSplit.Execution.Programs;

namespace TailSplit.Execution.Firewall;

/// <summary>iptables and ip6tables, by their save and restore programs.</summary>
public sealed class Iptables(IProgramRunner runner)
{
    /// <summary>The rules of a family, with counters.</summary>
    /// <exception cref="TailSplitException">
    /// NotInstalled, PermissionDenied, ReadFailed or IPv6FirewallMissing.
    /// </exception>
    public async Task<SavedRuleset> ReadAsync(
        IpFamily family, IptablesVariant variant, CancellationToken cancellationToken)
    {
        string program = NameOf(family, variant, "-save");
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

        // 3: "Parsing nftables rule failed", after half of a save. Above 128: it died of a signal.
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
    /// Whether a chain is there, asked of the kernel past the save: to tell rules that are gone from rules that can't
    /// be read back.
    /// </summary>
    public async Task<bool> HoldsAsync(IpFamily family, FirewallTools tools, IptablesTable table, string chain)
    {
        string program = Lister(family, tools.Variant, tools.Store);
        if (!runner.IsInstalled(program))
            return false;

        ProgramCall call = new(program, "-t", table.NameOf(), "-S", chain) { NeedsRoot = true };
        return (await runner.RunAsync(call, CancellationToken.None).ConfigureAwait(false)).Succeeded;
    }

    // By the name of its store, which sudo may allow where it does not allow "iptables" itself.
    private string Lister(IpFamily family, IptablesVariant variant, FirewallStore? store)
    {
        string plain = NameOf(family, variant, "");
        string named = store is FirewallStore known ? NameOf(family, NamedFor(known), "") : plain;
        return runner.IsInstalled(named) ? named : plain;
    }

    // A kernel without nf_tables holds nothing in that store: "Failed to initialize nft: Protocol not supported"; one
    // that has netlink for netfilter, and not nf_tables, says "Invalid argument" (linux net/netfilter/nfnetlink.c:
    // nfnetlink_rcv_msg).
    private static bool HasNoNfTables(TailSplitException e) =>
        e.Failure.Id == nameof(Failures.ReadFailed)
        && ((e.Message.Contains("Failed to initialize nft", StringComparison.Ordinal)
                && e.Message.Contains("not supported", StringComparison.Ordinal))
            || (e.Message.Contains("rule set generation id", StringComparison.Ordinal)
                && (e.Message.Contains("not supported", StringComparison.Ordinal)
                    || e.Message.Contains("Invalid argument", StringComparison.Ordinal))));

    /// <summary>
    /// The rules of a family as text, without counters: to see whether anything has changed, and not what.
    /// </summary>
    /// <exception cref="TailSplitException">NotInstalled, PermissionDenied or ReadFailed.</exception>
    public async Task<string> ReadTextAsync(
        IpFamily family, IptablesVariant variant, CancellationToken cancellationToken)
    {
        ProgramCall call = new(NameOf(family, variant, "-save")) { NeedsRoot = true };
        ProgramResult result = await runner.RunAsync(call, cancellationToken).ConfigureAwait(false);
        // One that breaks off is read on by other means; to see a change, half of it does.
        if (!result.Succeeded && result.ExitCode is not (3 or > 128))
            throw Failures.ReadFailed(call.ToString(), result.Complaint).ToException();

        // Remarks have the time of day, and built-in chains count even so.
        return string.Join(
            '\n',
            result.Output.Split('\n')
                .Where(line => line is not ['#', ..])
                .Select(line => line is [':', ..] ? line.Split('[')[0] : line));
    }

    /// <summary>The variant that holds Docker's chains, with its IPv4 rules; the default one where none does.</summary>
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
            if (!runner.IsInstalled(NameOf(IpFamily.IPv4, variant, "-save")))
                continue;

            SavedRuleset? other = await TryReadAsync(
                IpFamily.IPv4, variant, cancellationToken).ConfigureAwait(false);
            // With "iptables" of no use on this kernel, Docker can only be in the other one.
            if (other is not null && (HoldsDocker(other) || usual is null))
                return (variant, other);
        }

        return usual is null ? throw trouble! : (IptablesVariant.Default, usual);
    }

    /// <summary>
    /// The programs of the store that is not the one used, for one family. Null unless both stores are known by the
    /// word of the programs themselves: what can't be told from the store in use is that store.
    /// </summary>
    /// <param name="family">The family.</param>
    /// <param name="used">The store that holds the policies.</param>
    /// <param name="cancellationToken">Stops the asking.</param>
    public async Task<FirewallTools?> FindOtherAsync(
        IpFamily family, FirewallStore? used, CancellationToken cancellationToken)
    {
        if (used is not FirewallStore known)
            return null;

        foreach (IptablesVariant variant in (IptablesVariant[])[NamedFor(OtherThan(known)), IptablesVariant.Default])
        {
            if (CanRead(family, variant)
                && await FindStoreAsync(family, variant, cancellationToken).ConfigureAwait(false) == OtherThan(known))
            {
                return new FirewallTools(variant, OtherThan(known));
            }
        }

        return null;
    }

    /// <summary>
    /// The rules of a family in the store that Docker does not use, where that holds any: before Docker moved,
    /// TailSplit may have written there, and both stores are in force.
    /// </summary>
    /// <param name="family">The family.</param>
    /// <param name="used">The host, with the rules of the store that Docker uses.</param>
    /// <param name="cancellationToken">Stops the reading.</param>
    public async Task<SavedRuleset> ReadOtherAsync(
        IpFamily family, HostState used, CancellationToken cancellationToken)
    {
        // Whether x_tables holds anything, iptables-nft-save has said already; the other way round one has to look.
        FirewallStore? store = used.ToolsOf(family).Store;
        bool worthwhile = store == FirewallStore.Legacy || used.Live.Iptables.Saved(family).HasLegacyBeside;
        FirewallTools? other = worthwhile
            ? await FindOtherAsync(family, store, cancellationToken).ConfigureAwait(false)
            : null;
        return other is null
            ? SavedRuleset.Empty
            : await ReadOtherAsync(family, other, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>The rules of the store that is not in use, which a kernel need not have.</summary>
    /// <exception cref="TailSplitException">ReadFailed: it is there, and can't be read.</exception>
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

    /// <summary>The one of the two stores that is not this one.</summary>
    public static FirewallStore OtherThan(FirewallStore store) =>
        store == FirewallStore.Legacy ? FirewallStore.NfTables : FirewallStore.Legacy;

    /// <summary>The variant whose programs have the name of a store.</summary>
    public static IptablesVariant NamedFor(FirewallStore store) =>
        store == FirewallStore.Legacy ? IptablesVariant.Legacy : IptablesVariant.Nft;

    /// <summary>Whether the rules of a variant can be listed here.</summary>
    public bool CanRead(IpFamily family, IptablesVariant variant) =>
        runner.IsInstalled(NameOf(family, variant, "-save"));

    /// <summary>
    /// The store that the rules of a family were read from: as the save itself says, else as its program does.
    /// </summary>
    public async Task<FirewallStore?> FindStoreAsync(
        IpFamily family, IptablesVariant variant, SavedRuleset saved, CancellationToken cancellationToken) =>
        saved.IsNfTables
            ? FirewallStore.NfTables
            : await AskAsync(family, variant, "-save", cancellationToken).ConfigureAwait(false);

    // By the programs' own word, whatever they are called: a name can be a link or a wrapper. Null where they do not
    // say, or where what reads and what writes say two things.
    private async Task<FirewallStore?> FindStoreAsync(
        IpFamily family, IptablesVariant variant, CancellationToken cancellationToken)
    {
        FirewallStore?[] stores = await Task
            .WhenAll(((string[])["-save", "-restore"]).Select(
                action => AskAsync(family, variant, action, cancellationToken)))
            .ConfigureAwait(false);
        return stores[0] == stores[1] ? stores[0] : null;
    }

    /// <summary>
    /// What writes has to keep its rules where what reads looks for them: the store of its own, by its own word.
    /// </summary>
    /// <exception cref="TailSplitException">IptablesDisagree.</exception>
    public async Task AssertWritesWhereReadAsync(
        IpFamily family, FirewallTools tools, CancellationToken cancellationToken)
    {
        FirewallStore? written = await AskAsync(
            family, tools.Variant, "-restore", cancellationToken).ConfigureAwait(false);
        if (tools.Store is FirewallStore read && written is FirewallStore other && other != read)
        {
            throw Failures.IptablesDisagree(
                NameOf(family, tools.Variant, "-save"), KernelNameOf(read),
                NameOf(family, tools.Variant, "-restore"), KernelNameOf(other)).ToException();
        }
    }

    // Old ones know no --version but in the program itself: "iptables v1.6.1".
    private async Task<FirewallStore?> AskAsync(
        IpFamily family, IptablesVariant variant, string action, CancellationToken cancellationToken)
    {
        foreach (string program in (string[])[NameOf(family, variant, action), NameOf(family, variant, "")])
        {
            if (!runner.IsInstalled(program))
                continue;

            ProgramResult result = await runner.RunAsync(
                new ProgramCall(program, "--version"), cancellationToken).ConfigureAwait(false);
            if (result.Succeeded)
                return IptablesVersion.StoreOf(result.Output);
        }

        return null;
    }

    /// <summary>Has the kernel's tool check the text, without writing.</summary>
    public Task<ProgramResult> TestAsync(
        IpFamily family, IptablesVariant variant, string text, int waitSeconds, CancellationToken cancellationToken) =>
        runner.RunAsync(Restore(family, variant, text, waitSeconds, "--test"), cancellationToken);

    /// <summary>
    /// Writes the text, each table in one commit. Never cancelled: half a change would be worse than a late one.
    /// </summary>
    public Task<ProgramResult> CommitAsync(IpFamily family, IptablesVariant variant, string text, int waitSeconds) =>
        runner.RunAsync(Restore(family, variant, text, waitSeconds), CancellationToken.None);

    private static ProgramCall Restore(
        IpFamily family, IptablesVariant variant, string text, int waitSeconds, params string[] more) =>
        new(
            NameOf(family, variant, "-restore"),
            [.. more, "--noflush", "--counters", "--wait", waitSeconds.ToString(CultureInfo.InvariantCulture)])
        {
            Input = text,
            NeedsRoot = true,
        };

    /// <summary>The rules of a store that need not be there; null where they can't be read.</summary>
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

    /// <summary>Whether Docker has its chains there.</summary>
    public static bool HoldsDocker(SavedRuleset rules) =>
        rules.Find(IptablesTable.Nat, "DOCKER") is not null || rules.Find(IptablesTable.Filter, "DOCKER") is not null;

    /// <summary>What the tools of a variant are called besides: <c>iptables-legacy-save</c>.</summary>
    public static string SuffixOf(IptablesVariant variant) => variant switch
    {
        IptablesVariant.Nft => "-nft",
        IptablesVariant.Legacy => "-legacy",
        _ => "",
    };

    private static string KernelNameOf(FirewallStore store) =>
        store == FirewallStore.Legacy ? "x_tables" : "nf_tables";

    private static string NameOf(IpFamily family, IptablesVariant variant, string action) =>
        family.Iptables() + SuffixOf(variant) + action;
}
