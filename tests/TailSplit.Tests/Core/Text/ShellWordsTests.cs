using CsCheck;
using TailSplit.Core.Iptables;
using TailSplit.Core.Text;
using Xunit;

namespace TailSplit.Tests.Core.Text;

public sealed class ShellWordsTests
{
    private static readonly Gen<string> s_comments =
        Gen.Char.Where(character => character is not ('\n' or '\r' or '\0')).Array[0, 60]
            .Select(characters => new string(characters));

    private static readonly Gen<string> s_nasty =
        Gen.Char["\"\\' \t-Aj☃ü#$`"].Array[0, 20].Select(characters => new string(characters));

    [Fact]
    public void What_was_quoted_is_one_word_again() => Gen.OneOf(s_comments, s_nasty).Sample(text =>
    {
        Assert.Equal([text], ShellWords.Split(SaveQuoting.QuoteComment(text)));
        Assert.Equal([text], ShellWords.Split(SaveQuoting.Quote(text)));
    }, iter: 3000);

    [Fact]
    public void Quoted_words_stay_apart() => s_nasty.Array[0, 6].Sample(words => Assert.Equal(
        words, ShellWords.Split(string.Join(' ', words.Select(SaveQuoting.Quote)))), iter: 1000);

    [Theory]
    [InlineData("", new string[0])]
    [InlineData("   ", new string[0])]
    [InlineData("-j DROP", new[] { "-j", "DROP" })]
    [InlineData("  -j\tDROP  ", new[] { "-j", "DROP" })]
    [InlineData("--comment \"a b\" -j X", new[] { "--comment", "a b", "-j", "X" })]
    [InlineData("--comment \"\" -j X", new[] { "--comment", "", "-j", "X" })]
    [InlineData("\"a\\\"b\\\\c\\'d\"", new[] { "a\"b\\c'd" })]
    [InlineData("\"open -j ACCEPT", new[] { "open -j ACCEPT" })]
    [InlineData("'a b'", new[] { "'a", "b'" })]
    [InlineData("\"ends with \\", new[] { "ends with \\" })]
    public void A_line_is_split_as_iptables_restore_splits_it(string line, string[] words) =>
        Assert.Equal(words, ShellWords.Split(line));

    [Theory]
    [InlineData("plain-word_1", "plain-word_1")]
    [InlineData("two words", "\"two words\"")]
    [InlineData("a.b", "\"a.b\"")]
    [InlineData("it's", "\"it\\'s\"")]
    [InlineData("", "\"\"")]
    public void A_comment_is_quoted_as_iptables_save_quotes_it(string comment, string quoted) =>
        Assert.Equal(quoted, SaveQuoting.QuoteComment(comment));
}
