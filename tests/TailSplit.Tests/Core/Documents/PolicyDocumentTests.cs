using System.Text;
using System.Text.Json;
using CsCheck;
using TailSplit.Core.Documents;
using TailSplit.Core.Model;
using TailSplit.Tests.Core.Generators;
using TailSplit.Tests.Core.Goldens;
using Xunit;

namespace TailSplit.Tests.Core.Documents;

public sealed class PolicyDocumentTests
{
    [Fact]
    public void A_written_document_is_read_back() => PolicyGen.Sets.Sample(policies =>
    {
        PolicyDocument document = PolicyDocument.Of(policies);

        PolicyDocument read = Read(PolicyDocumentWriter.Write(document));

        Assert.Equal(
            policies.OrderBy(policy => policy.Name.ToString(), StringComparer.Ordinal),
            read.Policies.Select(policy => policy.Policy.On(FirewallBackend.Iptables)));
        Assert.Equal(
            document.Policies.Select(policy => policy.FindsTunnel), read.Policies.Select(policy => policy.FindsTunnel));
    });

    [Fact]
    public void The_same_policies_are_the_same_bytes_in_whatever_order_they_come() =>
        PolicyGen.NonEmptySets.Sample(policies => Assert.Equal(
            PolicyDocumentWriter.Write(PolicyDocument.Of(policies)),
            PolicyDocumentWriter.Write(PolicyDocument.Of(policies.Reverse()))));

    [Fact]
    public void Every_field_is_written_in_its_place() =>
        GoldenFile.Check("policy-document.json", PolicyDocumentWriter.Write(PolicyDocument.Of(ExportSamples.Policies)));

    [Fact]
    public void An_omitted_field_has_its_default()
    {
        PolicyDocument document = Read(
            """{ "version": 1, "policies": [ { "name": "shut", "kind": "killswitch", "network": "torrents" } ] }""");

        DocumentedPolicy policy = Assert.Single(document.Policies);
        Assert.True(policy.FindsTunnel);
        Assert.Equal(
            Samples.Killswitch("shut", Samples.Network("torrents", "x") with { Bridge = null }),
            policy.Policy.On(FirewallBackend.Iptables));
        Assert.Equal(FirewallBackend.Auto, policy.Policy.Backend);
    }

    [Fact]
    public void A_byte_order_mark_is_ignored() =>
        Assert.Empty(PolicyDocumentReader.Read(
            "p.json",
            Encoding.UTF8.GetPreamble().Concat("{\"version\":1,\"policies\":[]}"u8.ToArray()).ToArray()).Policies);

    [Fact]
    public void A_file_may_name_its_schema() =>
        Assert.Empty(Read("""{ "$schema": "policy.schema.json", "version": 1, "policies": [] }""").Policies);

    [Fact]
    public void A_document_without_policies_is_valid() => Assert.Equal(
        "{\n  \"version\": 1,\n  \"policies\": []\n}\n", PolicyDocumentWriter.Write(PolicyDocument.Of([])));

    [Fact]
    public void What_is_written_is_json_without_anything_that_changes_by_itself()
    {
        using JsonDocument json = JsonDocument.Parse(
            PolicyDocumentWriter.Write(PolicyDocument.Of(ExportSamples.Policies)));

        Assert.Equal(["version", "policies"], json.RootElement.EnumerateObject().Select(field => field.Name));
    }

    private static PolicyDocument Read(string text) =>
        PolicyDocumentReader.Read("p.json", Encoding.UTF8.GetBytes(text));
}
