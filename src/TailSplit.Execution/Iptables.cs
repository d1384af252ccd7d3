using System.Globalization;
using TailSplit.Core;
using TailSplit.Core.Model;
using TailSplit.Core.Rules;
using TailSplit.Core.Text;

namespace TailSplit.Execution;

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
        return result.Succeeded
            ? SavedRuleset.Parse(
                result.Output,
                hasLegacyBeside: result.Error.Contains("legacy tables present", StringComparison.Ordinal))
            : throw Failures.ReadFailed(call.ToString(), result.Complaint).ToException();
    }

    /// <summary>
    /// The rules of a family as text, without counters: to see whether anything has changed, and not what.
    /// </summary>
    /// <exception cref="TailSplitException">NotInstalled, PermissionDenied or ReadFailed.</exception>
    public async Task<string> ReadTextAsync(
        IpFamily family, IptablesVariant variant, CancellationToken cancellationToken)
    {
        ProgramCall call = new(NameOf(family, variant, "-save")) { NeedsRoot = true };
        ProgramResult result = await runner.RunAsync(call, cancellationToken).ConfigureAwait(false);
        if (!result.Succeeded)
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
        SavedRuleset usual = await ReadAsync(
            IpFamily.IPv4, IptablesVariant.Default, cancellationToken).ConfigureAwait(false);
        if (HoldsDocker(usual))
            return (IptablesVariant.Default, usual);

        foreach (IptablesVariant variant in (IptablesVariant[])[IptablesVariant.Nft, IptablesVariant.Legacy])
        {
            if (!runner.IsInstalled(NameOf(IpFamily.IPv4, variant, "-save")))
                continue;

            SavedRuleset other = await ReadAsync(IpFamily.IPv4, variant, cancellationToken).ConfigureAwait(false);
            if (HoldsDocker(other))
                return (variant, other);
        }

        return (IptablesVariant.Default, usual);
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
        IptablesVariant other = OtherThan(used.Store);
        bool worthwhile = other == IptablesVariant.Nft || used.Live.Saved(family).HasLegacyBeside;
        return worthwhile && runner.IsInstalled(NameOf(family, other, "-save"))
            ? await ReadAsync(family, other, cancellationToken).ConfigureAwait(false)
            : SavedRuleset.Empty;
    }

    /// <summary>The one of the two stores that is not this one.</summary>
    public static IptablesVariant OtherThan(IptablesVariant store) =>
        store == IptablesVariant.Legacy ? IptablesVariant.Nft : IptablesVariant.Legacy;

    /// <summary>Whether the rules of a variant can be listed here.</summary>
    public bool CanRead(IpFamily family, IptablesVariant variant) =>
        runner.IsInstalled(NameOf(family, variant, "-save"));

    /// <summary>
    /// Which store <c>iptables</c> itself means on this host: "iptables v1.8.9 (nf_tables)". Up to 1.6 there was one.
    /// </summary>
    /// <exception cref="TailSplitException">NotInstalled or ReadFailed.</exception>
    public async Task<IptablesVariant> FindDefaultAsync(CancellationToken cancellationToken)
    {
        ProgramCall call = new("iptables", "--version");
        ProgramResult result = await runner.RunAsync(call, cancellationToken).ConfigureAwait(false);
        return !result.Succeeded ? throw Failures.ReadFailed(call.ToString(), result.Complaint).ToException()
            : result.Output.Contains("nf_tables", StringComparison.Ordinal)
                ? IptablesVariant.Nft
                : IptablesVariant.Legacy;
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

    private static bool HoldsDocker(SavedRuleset rules) =>
        rules.Find(FirewallTable.Nat, "DOCKER") is not null || rules.Find(FirewallTable.Filter, "DOCKER") is not null;

    /// <summary>What the tools of a variant are called besides: <c>iptables-legacy-save</c>.</summary>
    public static string SuffixOf(IptablesVariant variant) => variant switch
    {
        IptablesVariant.Nft => "-nft",
        IptablesVariant.Legacy => "-legacy",
        _ => "",
    };

    private static string NameOf(IpFamily family, IptablesVariant variant, string action) =>
        family.Iptables() + SuffixOf(variant) + action;
}
