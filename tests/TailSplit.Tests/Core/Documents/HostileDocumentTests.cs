using System.Text;
using TailSplit.Core;
using TailSplit.Core.Documents;
using TailSplit.Core.Errors;
using Xunit;

namespace TailSplit.Tests.Core.Documents;

/// <summary>A document is read as a whole or not at all, and what is wrong with it is named.</summary>
public sealed class HostileDocumentTests
{
    private const string Shut = """{ "name": "shut", "kind": "killswitch", "network": "torrents" }""";

    [Theory]
    [InlineData("", "line 1, column 1")]
    [InlineData("{", "line 1, column 2")]
    [InlineData("null", "the document")]
    [InlineData("[]", "the document")]
    [InlineData("\"version\"", "the document")]
    [InlineData(
        "{ \"version\": 1,\n  \"policies\": [\n    { \"name\": \"a\" \"kind\": \"bypass\" } ] }", "line 3, column 19")]
    [InlineData("{ \"version\": 1,\n  \"policies\": [],\n}", "line 3, column 1")]
    [InlineData("{ \"version\": 1, // why\n  \"policies\": [] }", "line 1, column 17")]
    [InlineData("{ \"version\": 1, \"policies\": [] } {}", "line 1, column 34")]
    [InlineData("{ \"version\": 01, \"policies\": [] }", "line 1, column 15")]
    [InlineData("{ 'version': 1 }", "line 1, column 3")]
    [InlineData(
        "{ \"version\": 1, \"policies\": [ { \"name\": \"\\ud800\", \"kind\": \"bypass\", \"network\": \"a\" } ] }",
        "not JSON")]
    [InlineData("{ \"version\": 1, \"policies\": [[[[[[[[[[[[]]]]]]]]]]]] }", "line 1, column")]
    public void Text_that_is_not_json_is_an_error_that_names_the_position(string text, string where) =>
        Assert.Contains(where, Fails(text).Message, StringComparison.Ordinal);

    [Fact]
    public void A_document_that_breaks_off_anywhere_is_an_error()
    {
        string whole = PolicyDocumentWriter.Write(PolicyDocument.Of(ExportSamples.Policies)).TrimEnd();
        for (int length = 0; length < whole.Length; length++)
            Assert.Equal(nameof(Failures.MalformedPolicyFile), Fails(whole[..length]).Id);
    }

    [Fact]
    public void Text_that_is_not_utf8_is_an_error_that_says_where()
    {
        byte[] bytes = Encoding.Latin1.GetBytes("{ \"version\": 1,\n \"policies\": [ \"é\" ] }");

        TailSplitException e = Assert.Throws<TailSplitException>(() => PolicyDocumentReader.Read("p.json", bytes));

        Assert.Equal(nameof(Failures.MalformedPolicyFile), e.Failure.Id);
        Assert.Contains("line 2, column 17", e.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("0")]
    [InlineData("2")]
    [InlineData("1.5")]
    [InlineData("\"1\"")]
    [InlineData("null")]
    [InlineData("99999999999999999999")]
    public void An_unknown_version_is_an_error_that_names_it(string version)
    {
        Failure failure = Fails($$"""{ "later": true, "version": {{version}}, "policies": {} }""");

        Assert.Equal(nameof(Failures.UnknownPolicyFileVersion), failure.Id);
        Assert.Contains($"version {version};", failure.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{ "version": 1, "policies": [], "polices": [] }""", "polices")]
    [InlineData("""{ "version": 1, "policies": [], "Version": 1 }""", "Version")]
    [InlineData(
        """{ "version": 1, "policies": [ { "name": "a", "kind": "bypass", "network": "a", "blockHost": true } ] }""",
        "policies[0].blockHost")]
    [InlineData(
        """{ "version": 1, "policies": [ { "name": "a", "kind": "killswitch", "network": "a", "exclude": [] } ] }""",
        "policies[0].exclude")]
    [InlineData(
        """{ "version": 1, "policies": [ { "name": "a", "kind": "killswitch", "network": "a", "AllowDestination": [] } ] }""",
        "policies[0].AllowDestination")]
    [InlineData(
        """{ "version": 1, "policies": [ { "name": "a", "kind": "killswitch", "network": "a", "lastKnown": { "subnet": [] } } ] }""",
        "policies[0].lastKnown.subnet")]
    public void An_unknown_field_is_an_error_that_names_it(string text, string field)
    {
        Failure failure = Fails(text);

        Assert.Equal(nameof(Failures.UnknownPolicyField), failure.Id);
        Assert.Contains($"'{field}'", failure.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{ "policies": [] }""", "version")]
    [InlineData("""{ "version": 1 }""", "policies")]
    [InlineData("""{ "version": 1, "version": 1, "policies": [] }""", "version")]
    [InlineData("""{ "version": 1, "policies": {} }""", "policies")]
    [InlineData("""{ "version": 1, "policies": [ "a" ] }""", "policies[0]")]
    [InlineData(
        """{ "version": 1, "policies": [ { "name": "a", "kind": "bypass", "network": "a" }, null ] }""", "policies[1]")]
    [InlineData("""{ "version": 1, "policies": [ { "kind": "bypass", "network": "a" } ] }""", "policies[0].name")]
    [InlineData("""{ "version": 1, "policies": [ { "name": "a", "network": "a" } ] }""", "policies[0].kind")]
    [InlineData(
        """{ "version": 1, "policies": [ { "name": "a", "kind": "Killswitch", "network": "a" } ] }""",
        "policies[0].kind")]
    [InlineData("""{ "version": 1, "policies": [ { "name": "a", "kind": 1, "network": "a" } ] }""", "policies[0].kind")]
    [InlineData("""{ "version": 1, "policies": [ { "name": "a", "kind": "killswitch" } ] }""", "policies[0].network")]
    [InlineData(
        """{ "version": 1, "policies": [ { "name": "a", "kind": "killswitch", "network": null } ] }""",
        "policies[0].network")]
    [InlineData(
        """{ "version": 1, "policies": [ { "name": "a b", "kind": "killswitch", "network": "a" } ] }""",
        "policies[0].name")]
    [InlineData(
        """{ "version": 1, "policies": [ { "name": "a", "kind": "killswitch", "network": "-a" } ] }""",
        "policies[0].network")]
    [InlineData(
        """{ "version": 1, "policies": [ { "name": "a", "kind": "killswitch", "network": "a", "bridge": "br-a" } ] }""",
        "policies[0].bridge")]
    [InlineData(
        """{ "version": 1, "policies": [ { "name": "a", "kind": "killswitch", "bridge": "br-a", "lastKnown": {} } ] }""",
        "policies[0].lastKnown")]
    [InlineData(
        """{ "version": 1, "policies": [ { "name": "a", "kind": "killswitch", "bridge": "br/a" } ] }""",
        "policies[0].bridge")]
    [InlineData(
        """{ "version": 1, "policies": [ { "name": "a", "kind": "killswitch", "subnets": "10.0.0.0/8" } ] }""",
        "policies[0].subnets")]
    [InlineData(
        """{ "version": 1, "policies": [ { "name": "a", "kind": "killswitch", "subnets": [ "10.0.0.0/8", "10.0.0.1/8" ] } ] }""",
        "policies[0].subnets[1]")]
    [InlineData(
        """{ "version": 1, "policies": [ { "name": "a", "kind": "killswitch", "subnets": [ 10 ] } ] }""",
        "policies[0].subnets[0]")]
    [InlineData(
        """{ "version": 1, "policies": [ { "name": "a", "kind": "killswitch", "network": "a", "blockHost": "true" } ] }""",
        "policies[0].blockHost")]
    [InlineData(
        """{ "version": 1, "policies": [ { "name": "a", "kind": "killswitch", "network": "a", "action": "REJECT" } ] }""",
        "policies[0].action")]
    [InlineData(
        """{ "version": 1, "policies": [ { "name": "a", "kind": "killswitch", "network": "a", "action": "drop", "action": "drop" } ] }""",
        "policies[0].action")]
    [InlineData(
        """{ "version": 1, "policies": [ { "name": "a", "kind": "killswitch", "network": "a", "origin": "hand" } ] }""",
        "policies[0].origin")]
    [InlineData(
        """{ "version": 1, "policies": [ { "name": "a", "kind": "killswitch", "network": "a", "tunnelInterface": "" } ] }""",
        "policies[0].tunnelInterface")]
    public void A_field_that_is_missing_or_wrong_is_an_error_that_names_it(string text, string field)
    {
        Failure failure = Fails(text);

        Assert.Equal(nameof(Failures.InvalidPolicyField), failure.Id);
        Assert.Contains($"p.json, {field}:", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Two_policies_of_one_name_are_an_error_that_names_it()
    {
        Failure failure = Fails($$"""{ "version": 1, "policies": [ {{Shut}}, {{Shut}} ] }""");

        Assert.Equal(nameof(Failures.DuplicatePolicy), failure.Id);
        Assert.Contains("'shut'", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_that_is_too_large_is_not_even_read()
    {
        TailSplitException e = Assert.Throws<TailSplitException>(
            () => PolicyDocumentReader.Read("p.json", new byte[PolicyDocument.LargestFile + 1]));

        Assert.Equal(nameof(Failures.PolicyFileTooLarge), e.Failure.Id);
    }

    [Fact]
    public void Too_many_policies_in_a_file_are_an_error()
    {
        string many = string.Join(',', Enumerable.Range(0, PolicyDocument.MostPolicies + 1).Select(
            i => $$"""{"name":"n{{i}}","kind":"bypass","network":"n"}"""));

        Assert.Equal(nameof(Failures.PolicyFileTooLarge), Fails($$"""{"version":1,"policies":[{{many}}]}""").Id);
    }

    [Fact]
    public void No_changed_byte_causes_an_exception()
    {
        byte[] whole = Encoding.UTF8.GetBytes(PolicyDocumentWriter.Write(PolicyDocument.Of(ExportSamples.Policies)));
        for (int i = 0; i < whole.Length; i++)
        {
            foreach (byte other in "\0\"{}[],:\\0a\xff"u8)
            {
                byte[] broken = [.. whole];
                broken[i] = other;
                try
                {
                    PolicyDocumentReader.Read("p.json", broken);
                }
                catch (TailSplitException e)
                {
                    Assert.DoesNotContain('\n', e.Message);
                }
            }
        }
    }

    private static Failure Fails(string text) =>
        Assert.Throws<TailSplitException>(
            () => PolicyDocumentReader.Read("p.json", Encoding.UTF8.GetBytes(text))).Failure;
}
