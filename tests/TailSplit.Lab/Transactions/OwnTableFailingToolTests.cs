namespace TailSplit.Lab.Transactions;

/// <summary>nft, which writes both families at once or nothing, and ip.</summary>
[Collection(nameof(SharedOwnTableFaultLab))]
public sealed class OwnTableFailingToolTests(OwnTableFaultLab lab) : FailingToolTests(lab)
{
    [Theory]
    [InlineData("nft", FaultMode.FailBefore, 1)]
    [InlineData("nft", FaultMode.FailAfter, 1)]
    [InlineData("routing v4", FaultMode.FailBefore, 1)]
    [InlineData("routing v6", FaultMode.FailBefore, 1)]
    [InlineData("routing v6", FaultMode.FailAfter, 1)]
    [InlineData("reading nft", FaultMode.FailBefore, 2)]
    [InlineData("reading ip rules", FaultMode.FailBefore, 3)]
    public Task A_step_that_fails_for_good_leaves_the_old_or_the_new_rules(string step, FaultMode mode, int nth) =>
        FailForGood(step, mode, nth);

    [Theory]
    [InlineData("nft", FaultMode.FailBefore, 1)]
    [InlineData("routing v4", FaultMode.FailInTheMiddle, 1)]
    [InlineData("reading nft", FaultMode.FailBefore, 1)]
    [InlineData("reading nft", FaultMode.FailBefore, 2)]
    [InlineData("reading v4", FaultMode.FailBefore, 1)]
    public Task A_step_that_fails_once_leaves_the_old_or_the_new_rules(string step, FaultMode mode, int nth) =>
        FailOnce(step, mode, nth, lines: 5);

    [Theory]
    [InlineData("routing v4")]
    [InlineData("routing v6")]
    public Task A_step_that_can_be_neither_done_nor_undone_leaves_the_killswitch_closed_and_says_so(string step) =>
        NeitherDoneNorUndone(step);
}
