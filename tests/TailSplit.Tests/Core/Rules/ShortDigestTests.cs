using System.Security.Cryptography;
using System.Text;
using CsCheck;
using TailSplit.Core.Rules;
using Xunit;

namespace TailSplit.Tests.Core.Rules;

public sealed class ShortDigestTests
{
    [Fact]
    public void It_is_the_beginning_of_the_sha_256_of_any_text() => Gen.String[0, 300].Sample(text => Assert.Equal(
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)))[..8], ShortDigest.Of(text)));

    [Fact]
    public void It_equals_sha_256_at_every_length_up_to_three_blocks() => Assert.All(
        Enumerable.Range(0, 193).Select(length => new string('a', length)),
        text => Assert.Equal(
            Convert.ToHexStringLower(SHA256.HashData(Encoding.ASCII.GetBytes(text)))[..8], ShortDigest.Of(text)));
}
