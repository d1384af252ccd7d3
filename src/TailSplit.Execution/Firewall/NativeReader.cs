using TailSplit.Core;
using TailSplit.Core.Listing;
using TailSplit.Core.Nftables;
using TailSplit.Core.Tracing.Native;
using TailSplit.Execution.Programs;

namespace TailSplit.Execution.Firewall;

/// <summary>
/// Reads the nftables tables by <c>nft -j list ruleset</c>. If nft fails or crashes on rules of a later nft, it lists
/// each table separately. A table that it can't list is reported as unread, never as empty.
/// </summary>
internal sealed class NativeReader(IProgramRunner runner)
{
    public async Task<NativeView> ReadAsync(CancellationToken cancellationToken)
    {
        if (!runner.IsInstalled(Nftables.Program))
        {
            return new NativeView
            {
                Remarks = ["nft is not installed, so native nftables rules, if any, were not read"],
            };
        }

        (NativeRuleset? ruleset, string? trouble) = await ListAsync(
            ["ruleset"], cancellationToken).ConfigureAwait(false);
        return ruleset is not null ? new NativeView { Ruleset = ruleset }
            : NftRefusal.SaysThatTheKernelHasNone(trouble!) ? NativeView.Nothing
            : await ReadEachAsync(trouble!, cancellationToken).ConfigureAwait(false);
    }

    private async Task<NativeView> ReadEachAsync(string trouble, CancellationToken cancellationToken)
    {
        ProgramResult? listed = null;
        try
        {
            listed = await RunAsync(["list", "tables"], cancellationToken).ConfigureAwait(false);
        }
        catch (TailSplitException)
        {
            // The failure of the first list is reported below.
        }

        if (listed is not { Succeeded: true })
            return new NativeView { Unseen = [$"native nftables rules, which nft can't list: {trouble}"] };

        NativeView view = NativeView.Nothing;
        foreach (string[] table in listed.Output.Split('\n')
            .Select(line => line.Split(' '))
            .Where(words => words.Length == 3))
        {
            (NativeRuleset? one, string? why) = await ListAsync(table, cancellationToken).ConfigureAwait(false);
            view = one is not null ? view with { Ruleset = view.Ruleset.With(one) }
                // The reader of iptables reports its own tables.
                : NativeRuleset.IsOfIptables(table[1], table[2]) ? view
                : view with
                {
                    Unseen = view.Unseen.Add($"the nftables table {table[1]} {table[2]}, which nft can't list: {why}"),
                };
        }

        return view;
    }

    private async Task<(NativeRuleset? Ruleset, string? Trouble)> ListAsync(
        string[] what, CancellationToken cancellationToken)
    {
        try
        {
            ProgramResult result = await RunAsync(["-j", "list", .. what], cancellationToken).ConfigureAwait(false);
            return result.Succeeded ? (NativeRuleset.Parse(result.Output), null) : (null, result.Complaint);
        }
        catch (TailSplitException e)
        {
            return (null, e.Message);
        }
    }

    private Task<ProgramResult> RunAsync(string[] arguments, CancellationToken cancellationToken) =>
        runner.RunAsync(new ProgramCall(Nftables.Program, [.. arguments]) { NeedsRoot = true }, cancellationToken);
}
