using TailSplit.Core.Model;
using Xunit;

namespace TailSplit.Tests.Core.Diagnosis.Checks;

public sealed class RivalRulesTests
{
    private const string Torrents = "\"src\":\"172.19.0.0\",\"srclen\":16";

    [Theory]
    [InlineData("{\"priority\":4000," + Torrents + ",\"table\":\"254\"}", "ForeignRules Fail torrents")]
    [InlineData("{\"priority\":4000," + Torrents + ",\"action\":\"8\"}", "ForeignRules Fail torrents")]
    [InlineData(
        "{\"priority\":4000,\"src\":\"all\",\"iif\":\"br-torrents\",\"table\":\"100\"}", "ForeignRules Fail torrents")]
    [InlineData(
        "{\"priority\":4000,\"not\":null,\"src\":\"all\",\"fwmark\":\"0xca6c\",\"table\":\"51820\"}",
        "ForeignRules Fail media", "ForeignRules Fail torrents")]
    [InlineData(
        "{\"priority\":5095,\"src\":\"172.18.0.0\",\"srclen\":16,\"table\":\"100\"}", "ForeignRules Fail media")]
    public void A_rule_of_somebody_else_that_decides_first_fails(string rule, params string[] expected) =>
        Assert.Equal(expected, Snapshots.Healthy().WithRule(IpFamily.IPv4, rule).Troubles());

    [Theory]
    [InlineData("{\"priority\":6000," + Torrents + ",\"table\":\"254\"}")]
    [InlineData("{\"priority\":5093," + Torrents + ",\"table\":\"254\"}")]
    [InlineData("{\"priority\":5105,\"src\":\"172.18.0.0\",\"srclen\":16,\"table\":\"100\"}")]
    [InlineData("{\"priority\":40005,\"src\":\"172.18.0.0\",\"srclen\":16,\"table\":\"100\"}")]
    [InlineData("{\"priority\":4000,\"src\":\"10.99.0.0\",\"srclen\":16,\"table\":\"100\"}")]
    [InlineData("{\"priority\":4000,\"src\":\"all\",\"iif\":\"br-other\",\"table\":\"100\"}")]
    [InlineData("{\"priority\":4000,\"src\":\"all\",\"iif\":\"lo\",\"table\":\"100\"}")]
    [InlineData("{\"priority\":4000,\"src\":\"all\",\"oif\":\"wg0\",\"table\":\"100\"}")]
    [InlineData("{\"priority\":4000,\"src\":\"all\",\"fwmark\":\"0xca6c\",\"table\":\"51820\"}")]
    [InlineData("{\"priority\":4000,\"src\":\"all\",\"dst\":\"172.19.0.0\",\"dstlen\":16,\"table\":\"254\"}")]
    [InlineData("{\"priority\":1000,\"src\":\"all\",\"l3mdev\":null}")]
    [InlineData("{\"priority\":0,\"src\":\"all\",\"table\":\"255\"}")]
    public void A_rule_of_somebody_else_that_cannot_decide_is_none(string rule) =>
        Assert.Empty(Snapshots.Healthy().WithRule(IpFamily.IPv4, rule).Troubles());
}
