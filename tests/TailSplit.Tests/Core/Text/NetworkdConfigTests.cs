using TailSplit.Core.Kernel;
using Xunit;

namespace TailSplit.Tests.Core.Text;

public sealed class NetworkdConfigTests
{
    [Theory]
    [InlineData(true)]
    [InlineData(true, "")]
    [InlineData(true, "[Network]\n#ManageForeignRoutingPolicyRules=no\n")]
    [InlineData(false, "[Network]\nManageForeignRoutingPolicyRules=no\n")]
    [InlineData(false, "[Network]\nManageForeignRoutingPolicyRules = OFF\r\n")]
    [InlineData(false, "[Network]\nManageForeignRoutingPolicyRules=no", "[Network]\nSpeedMeter=yes")]
    [InlineData(true, "[Network]\nManageForeignRoutingPolicyRules=no", "[Network]\nManageForeignRoutingPolicyRules=1")]
    [InlineData(true, "[Network]\nManageForeignRoutingPolicyRules=no", "[Network]\nManageForeignRoutingPolicyRules=")]
    [InlineData(
        false, "[Network]\nManageForeignRoutingPolicyRules=no", "[Network]\nManageForeignRoutingPolicyRules=perhaps")]
    [InlineData(true, "[DHCPv4]\nManageForeignRoutingPolicyRules=no")]
    public void The_last_file_that_says_it_wins(bool deletes, params string[] texts) =>
        Assert.Equal(deletes, NetworkdConfig.DeletesForeignRules(texts));
}
