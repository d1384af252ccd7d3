using System.Text;
using TailSplit.Core;
using TailSplit.Core.Iptables;
using TailSplit.Core.Model;
using TailSplit.Core.Rules;
using TailSplit.Execution.Programs;

namespace TailSplit.Execution.Firewall;

/// <summary>
/// Reads what can still be read of a table that iptables-save leaves out or breaks off in, since somebody put rules of
/// nft's own into it: our own chains, and the foreign ones that hold our jumps. Each is listed by itself
/// (<c>iptables -S CHAIN</c>), which works as long as that very chain has no such rule.
/// </summary>
/// <param name="runner">Reaches the host.</param>
/// <param name="family">The family.</param>
/// <param name="iptables">The program of its store: <c>iptables</c>, <c>ip6tables-nft</c>.</param>
internal sealed class ChainReader(IProgramRunner runner, IpFamily family, string iptables)
{
    private static readonly string[] s_tailscales = ["ts-input", "ts-forward", "ts-postrouting", "ts-prerouting"];

    /// <param name="saved">What the save has.</param>
    /// <param name="save">How it ended.</param>
    /// <param name="cancellationToken">Stops the reading.</param>
    /// <exception cref="TailSplitException">ReadFailed: not even that can be read.</exception>
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
                // "incompatible" is also what iptables says of a chain that is not there, and ours have no such rule.
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

    // Whose rules they are: a chain of Tailscale's that iptables can't list has them.
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

    // Null where nft can't tell: it is not installed, or it dies of what a later nft has written.
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

    // The last resort: whether a jump of TailSplit's is there can be asked of a chain that can't be listed.
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
                    ["-t", table.NameOf(), "-C", chain, .. matches, "-m", "comment", "--comment", comment, "-j", target])
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
