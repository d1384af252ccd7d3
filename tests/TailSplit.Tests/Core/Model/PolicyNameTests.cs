using TailSplit.Core;
using TailSplit.Core.Model;
using Xunit;

namespace TailSplit.Tests.Core.Model;

public sealed class PolicyNameTests
{
    [Theory]
    [InlineData("media")]
    [InlineData("a")]
    [InlineData("0")]
    [InlineData("my_app.default-1")]
    public void A_name_in_dockers_grammar_is_accepted(string text) =>
        Assert.Equal(text, PolicyName.Parse(text).ToString());

    [Fact]
    public void Eighty_characters_fit_and_one_more_does_not()
    {
        Assert.True(PolicyName.TryParse(new string('a', 80), out _));
        Assert.False(PolicyName.TryParse(new string('a', 81), out _));
    }

    [Theory]
    [InlineData("")]
    [InlineData("-media")]
    [InlineData("_media")]
    [InlineData(".media")]
    [InlineData("me dia")]
    [InlineData("media ")]
    [InlineData("media\n")]
    [InlineData("me\"dia")]
    [InlineData("me/dia")]
    [InlineData("*")]
    [InlineData("médía")]
    [InlineData("٣")]
    [InlineData("a\0")]
    public void Any_other_name_is_refused(string text)
    {
        Assert.False(PolicyName.TryParse(text, out _, out string? reason));
        Assert.NotEmpty(reason);
        Assert.Equal(
            nameof(ModelFailures.InvalidPolicyName),
            Assert.Throws<TailSplitException>(() => PolicyName.Parse(text)).Failure.Id);
    }
}
