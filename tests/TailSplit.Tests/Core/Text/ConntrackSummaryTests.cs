using TailSplit.Core.Flows;
using Xunit;

namespace TailSplit.Tests.Core.Text;

public sealed class ConntrackSummaryTests
{
    [Theory]
    [InlineData("conntrack v1.4.7 (conntrack-tools): 0 flow entries have been shown.\n")]
    [InlineData("conntrack v1.4.8 (conntrack-tools): 12 flow entries have been shown.\n")]
    [InlineData("conntrack v1.10 (conntrack-tools): 12 flow entries have been shown.\n")]
    [InlineData("sudo: unable to resolve host nas\nconntrack v1.4.8 (conntrack-tools): 1 flow entries have been shown.\n")]
    public void Recent_versions_list_both_families(string error) => Assert.True(ConntrackSummary.IsOfBothFamilies(error));

    [Theory]
    [InlineData("conntrack v1.4.6 (conntrack-tools): 12 flow entries have been shown.\n")]
    [InlineData("conntrack v1.4.5 (conntrack-tools): 12 flow entries have been shown.\n")]
    [InlineData("conntrack v1.4.7 (conntrack-tools): Operation failed: such conntrack doesn't exist\n")]
    [InlineData("conntrack v (conntrack-tools): 12 flow entries have been shown.\n")]
    [InlineData("conntrack v")]
    [InlineData("12 flow entries have been shown.")]
    [InlineData("")]
    public void Other_versions_do_not_list_both_families(string error) =>
        Assert.False(ConntrackSummary.IsOfBothFamilies(error));
}
