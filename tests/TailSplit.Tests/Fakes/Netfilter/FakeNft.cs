using TailSplit.Execution.Programs;

namespace TailSplit.Tests.Fakes.Netfilter;

/// <summary>The <c>nft</c> of a host without native rules, except for those that a test states.</summary>
internal sealed class FakeNft
{
    private const int SegmentationFault = 139;

    /// <summary>Whether it dies of what a later nft has written, as 1.0.6 does.</summary>
    public bool Dies { get; set; }

    /// <summary>What <c>nft -j list table inet tailsplit</c> prints; null if the table does not exist.</summary>
    public string? OwnTable { get; set; }

    /// <summary>What <c>nft list chains</c> prints.</summary>
    public string Chains { get; set; } = "";

    public static bool IsMine(ProgramCall call) =>
        call is { Program: "nft", Arguments: [.., "list", "table", "inet", "tailsplit"] or ["list", "chains", "ip"] or ["list", "chains"] };

    public ProgramResult Run(ProgramCall call) =>
        Dies ? new ProgramResult(SegmentationFault, "", "Segmentation fault")
        : call.Arguments is ["list", "chains", ..] ? new ProgramResult(0, Chains, "")
        : OwnTable is not null ? new ProgramResult(0, OwnTable, "")
        : new ProgramResult(1, "", "Error: No such file or directory\nlist table inet tailsplit\n                ^^^^^^^^^");
}
