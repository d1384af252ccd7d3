using TailSplit.Core;
using TailSplit.Core.Model;
using Xunit;

namespace TailSplit.Tests.Core.Model;

public sealed class InterfaceNameTests
{
    [Theory]
    [InlineData("tailscale0")]
    [InlineData("br-0123456789ab")]
    [InlineData("eth0.100")]
    [InlineData("veth0@if3")]
    [InlineData("a")]
    [InlineData("...")]
    public void A_name_that_the_kernel_accepts_is_accepted(string text) =>
        Assert.Equal(text, InterfaceName.Parse(text).ToString());

    [Theory]
    [InlineData("")]
    [InlineData("br-0123456789abc")]
    [InlineData("a/b")]
    [InlineData("a b")]
    [InlineData("a\tb")]
    [InlineData("a\nb")]
    [InlineData("eth+")]
    [InlineData("+")]
    [InlineData(".")]
    [InlineData("..")]
    [InlineData("-i")]
    [InlineData("a\"b")]
    [InlineData("a'b")]
    [InlineData("a;b")]
    [InlineData("a$b")]
    [InlineData("a\0b")]
    [InlineData("brücke")]
    [InlineData("!eth0")]
    public void Ambiguous_text_is_refused(string text)
    {
        Assert.False(InterfaceName.TryParse(text, out _, out string? reason));
        Assert.NotEmpty(reason);
        Assert.Equal(
            nameof(ModelFailures.InvalidInterfaceName),
            Assert.Throws<TailSplitException>(() => InterfaceName.Parse(text)).Failure.Id);
    }

    [Fact]
    public void Null_is_refused_as_name() => Assert.False(InterfaceName.TryParse(null, out _));
}
