using System.Text;
using TailSplit.Core;
using TailSplit.Core.Errors;
using TailSplit.Core.Iptables;
using TailSplit.Core.Model;
using TailSplit.Core.Rules;
using TailSplit.Execution.Programs;

namespace TailSplit.Execution.Firewall;

/// <summary>
/// Reads the chains of TailSplit, and those with its jumps, in a table that iptables-save can't print since another
/// program added native nft rules. <c>iptables -S CHAIN</c> lists each chain that has no such rule itself.
/// </summary>
/// <param name="runner">Reaches the host.</param>
/// <param name="family">The family.</param>
/// <param name="iptables">The program of the store: <c>iptables</c>, <c>ip6tables-nft</c>.</param>
internal sealed class ChainReader(IProgramRunner runner, IpFamily family, string iptables)
{
    private static readonly string[] s_tailscales = ["ts-input", "ts-forward", "ts-postrouting", "ts-prerouting"];

    /// <summary>Adds the chains that can be read to a save.</summary>
    /// <param name="saved">What iptables-save printed.</param>
    /// <param name="save">How iptables-save ended.</param>
    /// <param name="cancellationToken">Stops the reading.</param>
    /// <exception cref="TailSplitException">ReadFailed: a chain of TailSplit can't be read.</exception>
    public async Task<SavedRuleset> CompleteAsync(
        SavedRuleset saved, ProgramResult save, CancellationToken cancellationToken)
    {
        IReadOnlyList<(string Table, string Chain)>? known = null;
        bool asked = false;
        SavedRuleset complete = saved;
        foreach (IptablesTable table in IptablesTables.All)
        {
            string name = table.NameOf();
            bool leftOut = saved.LeftOut.Contains(name);
            if (!leftOut && (save.Succeeded || saved.Find(table)?.IsWhole == true))
                continue;

            if (!leftOut)
            {
                ProgramResult whole = await ListAsync(name, null, cancellationToken).ConfigureAwait(false);
                if (whole.Succeeded)
                {
                    complete = complete.With(
                        name, SavedListing.Table(name, SavedListing.Chains(whole.Output)), unreadable: null);
                    continue;
                }
            }

            if (!asked)
                known = await ListChainsAsync(cancellationToken).ConfigureAwait(false);

            asked = true;
            string[]? chains = known is null
                ? null
                : [.. known.Where(chain => chain.Table == name).Select(chain => chain.Chain)];
            string text = await ReadAsync(table, chains, save, cancellationToken).ConfigureAwait(false);
            string? culprit = await FindCulpritAsync(name, chains, cancellationToken).ConfigureAwait(false);
            complete = complete.With(name, SavedListing.Table(name, text), new UnreadableTable(culprit));
        }

        return complete;
    }

    private async Task<string> ReadAsync(
        IptablesTable table, string[]? chains, ProgramResult save, CancellationToken cancellationToken)
    {
        string name = table.NameOf();
        Queue<string> wanted = new(HookSites.All.Where(site => site.Table == table).Select(site => site.Chain)
            .Concat(OwnTops(table))
            .Concat(chains?.Where(chain => OwnChains.IsOwn(chain)) ?? []));
        HashSet<string> seen = new(StringComparer.Ordinal);
        StringBuilder text = new();
        while (wanted.TryDequeue(out string? chain))
        {
            if (!seen.Add(chain) || chains?.Contains(chain) == false)
                continue;

            ProgramResult listed = await ListAsync(name, chain, cancellationToken).ConfigureAwait(false);
            string lines;
            if (listed.Succeeded)
            {
                lines = SavedListing.Chains(listed.Output);
            }
            else if (!OwnChains.IsOwn(chain))
            {
                lines = await ReadByNftAsync(name, chain, cancellationToken).ConfigureAwait(false)
                    ?? await ReadByCheckingAsync(table, chain, cancellationToken).ConfigureAwait(false);
            }
            else if (listed.ExitCode == 1 && chains is null)
            {
                // iptables also says "incompatible" for a chain that does not exist, and TailSplit's have no nft rule.
                lines = "";
            }
            else
            {
                throw Failures.ReadFailed(
                    $"{iptables} -t {name} -S {chain}",
                    string.Join(' ', new[] { save.Error.Trim(), listed.Complaint }.Where(words => words.Length > 0)))
                    .ToException();
            }

            text.Append(lines);
            foreach (string target in Targets(name, lines))
                wanted.Enqueue(target);
        }

        return text.ToString();
    }

    private static IEnumerable<string> OwnTops(IptablesTable table) => table switch
    {
        IptablesTable.Filter => [OwnChains.Killswitch, OwnChains.Host],
        IptablesTable.Nat => [OwnChains.Nat, OwnChains.Dns],
        _ => [OwnChains.Bypass, OwnChains.Mss],
    };

    private static IEnumerable<string> Targets(string table, string lines) => SavedRuleset
        .Parse(SavedListing.Table(table, lines)).Tables
        .SelectMany(each => each.Chains)
        .SelectMany(chain => chain.Rules)
        .Select(rule => IptablesSpecification.Parse(rule.Specification).OwnChain)
        .OfType<string>();

    // Names the chain of Tailscale that iptables can't list, since it has native nft rules. Null if none does.
    private async Task<string?> FindCulpritAsync(
        string table, string[]? chains, CancellationToken cancellationToken)
    {
        foreach (string chain in s_tailscales.Where(chain => chains?.Contains(chain) == true))
        {
            if (!(await ListAsync(table, chain, cancellationToken).ConfigureAwait(false)).Succeeded)
                return chain;
        }

        return null;
    }

    private Task<ProgramResult> ListAsync(string table, string? chain, CancellationToken cancellationToken)
    {
        string[] which = chain is null ? [] : [chain];
        return runner.RunAsync(
            new ProgramCall(iptables, ["-t", table, "-S", .. which, "-v"]) { NeedsRoot = true }, cancellationToken);
    }

    // Null if nft is not installed, or crashes on rules that a later nft wrote.
    private async Task<IReadOnlyList<(string Table, string Chain)>?> ListChainsAsync(
        CancellationToken cancellationToken)
    {
        ProgramResult? listed = await RunNftAsync(["chains", Family], cancellationToken).ConfigureAwait(false);
        try
        {
            return listed is null ? null : SavedListing.NftChains(listed.Output);
        }
        catch (TailSplitException)
        {
            return null;
        }
    }

    private async Task<string?> ReadByNftAsync(string table, string chain, CancellationToken cancellationToken)
    {
        ProgramResult? listed = await RunNftAsync(
            ["chain", Family, table, chain], cancellationToken).ConfigureAwait(false);
        try
        {
            return listed is null ? null : SavedListing.NftChain(listed.Output);
        }
        catch (TailSplitException)
        {
            return null;
        }
    }

    // The last resort: iptables -C checks a chain that it can't list for each jump of TailSplit.
    private async Task<string> ReadByCheckingAsync(
        IptablesTable table, string chain, CancellationToken cancellationToken)
    {
        StringBuilder text = new();
        foreach (string target in OwnTops(table))
        {
            foreach (string comment in (string[])[RuleOwner.SharedComment, RuleOwner.CreatedChainComment])
            {
                string[] matches = SavedListing.MatchesOf(target).Split(' ', StringSplitOptions.RemoveEmptyEntries);
                ProgramCall call = new(
                    iptables,
                    [
                        "-t", table.NameOf(), "-C", chain, .. matches,
                        "-m", "comment", "--comment", comment, "-j", target,
                    ])
                {
                    NeedsRoot = true,
                };
                if ((await runner.RunAsync(call, cancellationToken).ConfigureAwait(false)).Succeeded)
                    text.Append(SavedListing.Jump(chain, comment, target));
            }
        }

        return text.ToString();
    }

    private string Family => family == IpFamily.IPv4 ? "ip" : "ip6";

    private async Task<ProgramResult?> RunNftAsync(string[] what, CancellationToken cancellationToken)
    {
        if (!runner.IsInstalled(Nftables.Program))
            return null;

        ProgramResult result = await runner.RunAsync(
            new ProgramCall(Nftables.Program, ["-j", "list", .. what]) { NeedsRoot = true }, cancellationToken)
            .ConfigureAwait(false);
        return result.Succeeded ? result : null;
    }
}
