using TailSplit.Core;
using TailSplit.Core.Errors;
using TailSplit.Core.Iptables;
using TailSplit.Core.Nftables;
using TailSplit.Execution.Programs;

namespace TailSplit.Execution.Firewall;

/// <summary>Reads and writes TailSplit's own table of nf_tables by <c>nft</c>.</summary>
internal sealed class Nftables(IProgramRunner runner)
{
    /// <summary>The name of the program.</summary>
    public const string Program = "nft";

    /// <summary>Why nft can't be used; null if it is installed.</summary>
    public Failure? WhyNot => runner.IsInstalled(Program) ? null : Failures.NotInstalled(Program, "nftables");

    /// <summary>Reads TailSplit's table; empty if it does not exist.</summary>
    /// <exception cref="TailSplitException">
    /// ReadFailed: nft failed or died. NoNfTables: the kernel lacks nf_tables, so the table does not exist.
    /// </exception>
    public async Task<NftContent> ReadAsync(CancellationToken cancellationToken)
    {
        ProgramCall call = new(Program, "-j", "list", "table", "inet", NftObject.Table) { NeedsRoot = true };
        ProgramResult result = await runner.RunAsync(call, cancellationToken).ConfigureAwait(false);
        return result.Succeeded ? NftContent.Parse(result.Output)
            : IsAbsent(result) ? NftContent.None
            : NftRefusal.SaysThatTheKernelHasNone(result.Complaint)
                ? throw Failures.NoNfTables(result.Complaint).ToException()
            : throw Failures.ReadFailed(call.ToString(), result.Complaint).ToException();
    }

    /// <summary>Reads the table as text without counters; empty if nft can't list it.</summary>
    public async Task<string> ReadTextAsync(CancellationToken cancellationToken)
    {
        if (!runner.IsInstalled(Program))
            return "";

        ProgramCall call = new(Program, "-s", "list", "table", "inet", NftObject.Table) { NeedsRoot = true };
        ProgramResult result = await runner.RunAsync(call, cancellationToken).ConfigureAwait(false);
        return result.Succeeded ? result.Output : "";
    }

    /// <summary>Whether a table of iptables-nft has a chain of TailSplit; null if nft does not say.</summary>
    public async Task<bool?> HoldsIptablesChainAsync(CancellationToken cancellationToken)
    {
        // It takes 3 ms beside 20,000 rules of others, of which "list tables" reads every one (nft 1.0.6).
        ProgramCall call = new(Program, "list", "chains") { NeedsRoot = true };
        try
        {
            ProgramResult result = await runner.RunAsync(call, cancellationToken).ConfigureAwait(false);
            return result.Succeeded ? NftChainList.HasOwnOfIptables(result.Output) : null;
        }
        catch (TailSplitException)
        {
            return null;
        }
    }

    /// <summary>Whether Docker uses its nftables backend (moby daemon/libnetwork/drivers/bridge, nftabler).</summary>
    public async Task<bool> HoldsDockerAsync(CancellationToken cancellationToken)
    {
        ProgramCall call = new(Program, "list", "chains", "ip") { NeedsRoot = true };
        ProgramResult result = await runner.RunAsync(call, cancellationToken).ConfigureAwait(false);
        return result.Succeeded && result.Output.Contains("table ip docker-bridges", StringComparison.Ordinal);
    }

    /// <summary>Commits a text as one atomic transaction.</summary>
    public Task<ProgramResult> CommitAsync(string text) => runner.RunAsync(
        new ProgramCall(Program, "-f", "-") { Input = text, NeedsRoot = true }, CancellationToken.None);

    // "Error: No such file or directory". An nft that died of a signal (above 128) says nothing about the table.
    private static bool IsAbsent(ProgramResult result) =>
        result.ExitCode == 1 && result.Error.Contains("No such file or directory", StringComparison.Ordinal);
}
