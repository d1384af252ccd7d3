using TailSplit.Core.Iptables;
using Xunit;

namespace TailSplit.Tests.Core.Text;

public sealed class MissingExtensionTests
{
    [Theory]
    [InlineData(
        "Warning: Extension CONNMARK revision 0 not supported, missing kernel module?\niptables-restore v1.8.11 "
            + "(nf_tables): unknown option \"--save-mark\"\nError occurred at line: 6")]
    [InlineData("iptables-restore v1.8.7 (legacy): Couldn't load target `CONNMARK':No such file or directory")]
    [InlineData("iptables-restore v1.8.11 (nf_tables): unknown option \"--set-xmark\"")]
    [InlineData("Warning: Extension MARK revision 0 not supported, missing kernel module?")]
    public void A_kernel_without_marks_gets_the_other_mechanism_and_the_reboot_named(string complaint)
    {
        string advice = MissingExtension.Advice(complaint);

        Assert.StartsWith(" The running kernel has no xt_", advice, StringComparison.Ordinal);
        Assert.Contains("-Mechanism Route", advice, StringComparison.Ordinal);
        Assert.Contains("Reboot", advice, StringComparison.Ordinal);
    }

    [Fact]
    public void Another_module_gets_the_reboot_alone() => Assert.DoesNotContain(
        "Mechanism",
        MissingExtension.Advice("Warning: Extension conntrack revision 0 not supported, missing kernel module?"),
        StringComparison.Ordinal);

    [Theory]
    [InlineData("out of memory")]
    [InlineData("iptables-restore: line 2 failed: Chain already exists.")]
    public void Any_other_error_gets_no_advice(string complaint) => Assert.Empty(MissingExtension.Advice(complaint));
}
