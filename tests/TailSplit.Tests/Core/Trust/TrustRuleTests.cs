using TailSplit.Core.Trust;
using Xunit;

namespace TailSplit.Tests.Core.Trust;

/// <summary>Who can change what a path leads to.</summary>
public sealed class TrustRuleTests
{
    [Theory]
    [InlineData(HopKind.Folder, 0u, 0u, "755")]
    [InlineData(HopKind.Folder, 0u, 0u, "1777")]
    [InlineData(HopKind.Folder, 0u, 5u, "1775")]
    [InlineData(HopKind.Link, 0u, 0u, "777")]
    [InlineData(HopKind.File, 0u, 0u, "644")]
    [InlineData(HopKind.File, 0u, 1000u, "640")]
    public void A_file_that_only_root_can_change_is_trusted(HopKind kind, uint owner, uint group, string mode) =>
        Assert.Null(Complaint(new TrustRule(), kind, owner, group, mode));

    [Theory]
    [InlineData(HopKind.Folder, 1000u, 0u, "755", "belongs to user 1000")]
    [InlineData(HopKind.Folder, 1000u, 0u, "1777", "belongs to user 1000")]
    [InlineData(HopKind.Folder, 0u, 0u, "777", "open to all")]
    [InlineData(HopKind.Folder, 0u, 1000u, "775", "group 1000")]
    [InlineData(HopKind.Link, 1000u, 0u, "777", "belongs to user 1000")]
    [InlineData(HopKind.File, 1000u, 0u, "600", "belongs to user 1000")]
    [InlineData(HopKind.File, 0u, 0u, "602", "every user can write")]
    [InlineData(HopKind.File, 0u, 7u, "620", "group 7 can write")]
    public void A_file_that_another_user_can_change_is_not_trusted(HopKind kind, uint owner, uint group, string mode, string why) =>
        Assert.Contains(why, Complaint(new TrustRule(), kind, owner, group, mode), StringComparison.Ordinal);

    [Fact]
    public void The_user_who_asks_is_trusted_where_that_is_said()
    {
        Assert.Null(Complaint(new TrustRule(1000), HopKind.File, 1000, 1000, "600"));
        Assert.NotNull(Complaint(new TrustRule(1000), HopKind.File, 1001, 1000, "600"));
    }

    [Theory]
    [InlineData("/usr/local", 50u, true)]
    [InlineData("/usr/local/share", 50u, true)]
    [InlineData("/usr/local/share", 51u, false)]
    [InlineData("/usr/localhost", 50u, false)]
    [InlineData("/srv", 50u, false)]
    public void Debians_staff_may_write_below_usr_local(string folder, uint group, bool trusted) => Assert.Equal(
        trusted, new TrustRule().Complaint(new PathHop(folder, HopKind.Folder, 0, group, Mode("2775"))) is null);

    private static string? Complaint(TrustRule rule, HopKind kind, uint owner, uint group, string mode) =>
        rule.Complaint(new PathHop("/x", kind, owner, group, Mode(mode)));

    private static int Mode(string octal) => Convert.ToInt32(octal, 8);
}
