namespace TailSplit.Lab.Transactions;

/// <summary>The programs of iptables, one for each family, and ip.</summary>
public abstract class IptablesFailingToolTests(FaultLab lab) : FailingToolTests(lab)
{
    public static TheoryData<string, FaultMode, int> ForGood => new()
    {
        { "firewall v4", FaultMode.FailBefore, 1 },
        { "firewall v4", FaultMode.FailAfter, 1 },
        { "firewall v6", FaultMode.FailBefore, 1 },
        { "routing v4", FaultMode.FailBefore, 1 },
        { "routing v6", FaultMode.FailBefore, 1 },
        { "routing v6", FaultMode.FailAfter, 1 },
        { "reading v4", FaultMode.FailBefore, 2 },
        { "reading v6", FaultMode.FailBefore, 2 },
        { "reading ip rules", FaultMode.FailBefore, 3 },
    };

    [Theory]
    [MemberData(nameof(ForGood))]
    public Task A_step_that_fails_for_good_leaves_the_old_or_the_new_rules(string step, FaultMode mode, int nth) =>
        FailForGood(step, mode, nth);

    [Theory]
    [InlineData("firewall v4")]
    [InlineData("firewall v6")]
    [InlineData("routing v4")]
    [InlineData("routing v6")]
    public Task A_step_that_can_be_neither_done_nor_undone_leaves_the_killswitch_closed_and_says_so(string step) =>
        NeitherDoneNorUndone(step);
}

[Collection(nameof(SharedNfTablesFaultLab))]
public sealed class NfTablesFailingToolTests(NfTablesFaultLab lab) : IptablesFailingToolTests(lab)
{
    public static TheoryData<string, FaultMode, int, int> Once => new()
    {
        { "firewall v4", FaultMode.FailBefore, 1, 0 },
        { "firewall v4", FaultMode.FailInTheMiddle, 1, 1 },
        { "firewall v4", FaultMode.FailInTheMiddle, 1, 2 },
        { "firewall v4", FaultMode.FailAfter, 1, 0 },
        { "firewall v6", FaultMode.FailBefore, 1, 0 },
        { "firewall v6", FaultMode.FailInTheMiddle, 1, 1 },
        { "firewall v6", FaultMode.FailAfter, 1, 0 },
        { "routing v4", FaultMode.FailBefore, 1, 0 },
        { "routing v4", FaultMode.FailInTheMiddle, 1, 1 },
        { "routing v4", FaultMode.FailInTheMiddle, 1, 9 },
        { "routing v4", FaultMode.FailAfter, 1, 0 },
        { "routing v6", FaultMode.FailBefore, 1, 0 },
        { "routing v6", FaultMode.FailInTheMiddle, 1, 5 },
        { "reading v4", FaultMode.FailBefore, 1, 0 },
        { "reading v4", FaultMode.FailBefore, 2, 0 },
        { "reading v6", FaultMode.FailBefore, 2, 0 },
        { "reading ip rules", FaultMode.FailBefore, 3, 0 },
    };

    [Theory]
    [MemberData(nameof(Once))]
    public Task A_step_that_fails_once_leaves_the_old_or_the_new_rules(
        string step, FaultMode mode, int nth, int lines) =>
        FailOnce(step, mode, nth, lines);
}

[Collection(nameof(SharedLegacyFaultLab))]
public sealed class LegacyFailingToolTests(LegacyFaultLab lab) : IptablesFailingToolTests(lab)
{
    [Theory]
    [InlineData("test v4")]
    [InlineData("test v6")]
    public Task A_test_that_fails_changes_nothing(string step) =>
        FailOnce(step, FaultMode.FailBefore, nth: 1, lines: 0);
}
