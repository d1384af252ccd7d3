using TailSplit.Core;
using TailSplit.Core.Desired;
using TailSplit.Core.Errors;
using TailSplit.Core.Model;
using TailSplit.Tests.Core.Generators;
using Xunit;

namespace TailSplit.Tests.Core.Desired;

/// <summary>What labels mean, and what becomes of a network whose labels are wrong.</summary>
public sealed class LabelTests
{
    [Theory]
    [InlineData("killswitch", PolicyKind.Killswitch)]
    [InlineData("bypass", PolicyKind.Bypass)]
    public void A_label_with_the_kind_is_enough(string kind, PolicyKind expected)
    {
        DesiredPolicies desired = Read(Network("media", ("policy", kind)));

        Policy policy = Assert.Single(desired.Policies);
        Assert.Empty(desired.Failures);
        Assert.Equal(expected, policy.Kind);
        Assert.Equal("media", policy.Name.ToString());
        Assert.Equal(PolicyOrigin.Labels, policy.Origin);
        Assert.Equal(Samples.Network("media", "br-media", "10.1.0.0/16"), policy.Target);
    }

    [Theory]
    [InlineData("9.9.9.9", null, "9.9.9.9")]
    [InlineData("2620:fe::fe, 9.9.9.9", null, "9.9.9.9 2620:fe::fe")]
    [InlineData("0.0.0.0", null, "0.0.0.0")]
    // Closed further: no name leaves by another server than the one that was meant.
    [InlineData("9.9.9", nameof(Failures.InvalidLabel), "0.0.0.0")]
    [InlineData("", nameof(Failures.InvalidLabel), "0.0.0.0")]
    [InlineData("9.9.9.9 1.1.1.1", nameof(Failures.InvalidLabel), "0.0.0.0")]
    [InlineData("100.100.100.100", nameof(Failures.InvalidLabel), "0.0.0.0")]
    public void A_name_server_that_cannot_be_parsed_leaves_the_network_closed_and_without_dns(
        string text, string? id, string servers)
    {
        DesiredPolicies desired = Read(Network("media", ("policy", "killswitch"), ("dns-server", text)));

        Assert.Equal(id is null ? [] : [id], Ids(desired));
        KillswitchPolicy policy = Assert.IsType<KillswitchPolicy>(Assert.Single(desired.Policies));
        Assert.Equal(servers, string.Join(' ', policy.DnsServer.Select(server => server.Address)));
    }

    [Theory]
    [InlineData("dns", "9.9.9.9")]
    [InlineData("nameserver", "9.9.9.9")]
    [InlineData("dns-server ", "9.9.9.9")]
    [InlineData("blockhost", "true")]
    [InlineData("Block-Host", "yes")]
    [InlineData("comment", "films")]
    public void An_unknown_label_may_mean_an_option_that_closes_and_closes_all(string label, string value)
    {
        DesiredPolicies desired = Read(Network("media", ("policy", "killswitch"), (label, value), ("action", "reject")));

        Assert.Equal([nameof(Failures.UnknownLabel)], Ids(desired));
        KillswitchPolicy policy = Assert.IsType<KillswitchPolicy>(Assert.Single(desired.Policies));
        Assert.True(policy.BlockHost);
        Assert.Equal([KillswitchPolicy.NoDns], policy.DnsServer);
        Assert.Equal(BlockAction.Reject, policy.Action);
    }

    [Fact]
    public void Beside_an_unknown_label_the_options_that_are_given_apply()
    {
        DesiredPolicies desired = Read(Network(
            "media", ("policy", "killswitch"), ("comment", "films"), ("dns-server", "9.9.9.9"), ("block-host", "false")));

        KillswitchPolicy policy = Assert.IsType<KillswitchPolicy>(Assert.Single(desired.Policies));
        Assert.False(policy.BlockHost);
        Assert.Equal(Samples.Cidrs("9.9.9.9"), policy.DnsServer);
    }

    [Fact]
    public void An_unknown_label_that_is_off_closes_nothing_more()
    {
        DesiredPolicies desired = Read(Network("media", ("policy", "killswitch"), ("blockhost", "false")));

        Assert.Equal([nameof(Failures.UnknownLabel)], Ids(desired));
        Assert.False(Assert.IsType<KillswitchPolicy>(Assert.Single(desired.Policies)).BlockHost);
    }

    [Theory]
    [InlineData("tailscale.policy")]
    [InlineData("com.docker.compose.network")]
    public void A_label_of_another_program_is_ignored(string label)
    {
        DesiredPolicies desired = Read(Raw("media", (label, "killswitch")));

        Assert.Empty(desired.Policies);
        Assert.Empty(desired.Failures);
    }

    [Theory]
    [InlineData("Killswitch")]
    [InlineData("KILLSWITCH")]
    [InlineData(" killswitch ")]
    [InlineData("kill-switch")]
    [InlineData("kill_switch")]
    [InlineData("Kill Switch")]
    [InlineData("killswitch=true")]
    [InlineData("killswitch;")]
    [InlineData("kilswitch")]
    [InlineData("killswich")]
    [InlineData("killswtich")]
    [InlineData("klilswitch")]
    [InlineData("kiilswitch")]
    [InlineData("illswitch")]
    [InlineData("\"killswitch\"")]
    [InlineData("kill")]
    [InlineData("")]
    [InlineData("Bypass")]
    [InlineData("by-pass")]
    [InlineData("bypas")]
    [InlineData("none")]
    [InlineData("switch")]
    [InlineData("true")]
    [InlineData("whatever")]
    public void A_policy_that_is_not_bypass_is_an_error_and_closed(string text)
    {
        DesiredPolicies desired = Read(Network("media", ("policy", text)));

        Assert.Equal([nameof(Failures.InvalidLabel)], Ids(desired));
        Assert.Contains("closed, with the strictest", desired.Failures[0].Message, StringComparison.Ordinal);
        Assert.Equal(PolicyKind.Killswitch, Assert.Single(desired.Policies).Kind);
    }

    [Theory]
    [InlineData("tailsplit.polcy", "killswitch")]
    [InlineData("tailsplit.Policy", "killswitch")]
    [InlineData("TailSplit.policy", "Kill-Switch")]
    [InlineData("tailsplit.killswitch", "true")]
    [InlineData("tailsplit.kill-switch", "")]
    [InlineData("tailsplit", "killswitch")]
    [InlineData("tailsplit-policy", "killswitch")]
    [InlineData("tailspilt.policy", "killswitch")]
    [InlineData("tail-split.policy", "killswitch")]
    [InlineData("tailsplit.polcy", "bypass")]
    public void Without_a_policy_an_unknown_label_closes_the_network(string label, string value)
    {
        DesiredPolicies desired = Read(Raw("media", (label, value)));

        Assert.Equal([nameof(Failures.MissingPolicyLabel), nameof(Failures.UnknownLabel)], Ids(desired).Order());
        Assert.Contains(desired.Failures, failure => failure.Message.Contains($"'{label}'", StringComparison.Ordinal));
        Assert.Equal(PolicyKind.Killswitch, Assert.Single(desired.Policies).Kind);
    }

    [Theory]
    [InlineData("allow-destination", "10.0.0.0/8")]
    [InlineData("allow-published-port", "true")]
    [InlineData("action", "reject")]
    [InlineData("block-host", "true")]
    public void An_option_that_only_a_killswitch_has_asks_for_one(string label, string value)
    {
        Assert.Equal([nameof(Failures.MissingPolicyLabel)], Ids(Read(Network("media", (label, value)))));
        Assert.Equal(PolicyKind.Killswitch, Assert.Single(Read(Network("media", (label, value))).Policies).Kind);
        Assert.Equal(
            PolicyKind.Killswitch,
            Assert.Single(Read(Network("media", ("policy", "qwerty"), (label, value))).Policies).Kind);
    }

    [Theory]
    [InlineData("allow-destination", "10.0.0.1/8")]
    [InlineData("allow-destination", "10.0.0.0/8, everywhere")]
    [InlineData("allow-destination", "")]
    [InlineData("allow-destination", " , ")]
    [InlineData("allow-destination", "0.0.0.0/0")]
    [InlineData("allow-destination", "0.0.0.0/1 128.0.0.0/1")]
    [InlineData("allow-published-port", "yes")]
    [InlineData("allow-published-port", "True")]
    [InlineData("allow-published-port", "1")]
    [InlineData("action", "Reject")]
    [InlineData("action", "accept")]
    [InlineData("name", "two words")]
    [InlineData("tunnel-interface", "a-name-that-is-too-long")]
    [InlineData("exclude", "10.0.0.0/8")]
    [InlineData("mechanism", "route")]
    public void A_killswitch_with_a_wrong_option_is_closed_without_it(string label, string value)
    {
        DesiredPolicies desired = Read(Network("media", ("policy", "killswitch"), (label, value)));

        Failure failure = Assert.Single(desired.Failures);
        Assert.Equal(nameof(Failures.InvalidLabel), failure.Id);
        Assert.Contains($"'tailsplit.{label}'", failure.Message, StringComparison.Ordinal);
        Assert.Equal("media", failure.Target);
        Assert.Equal(
            Samples.Killswitch("media", Samples.Network("media", "br-media", "10.1.0.0/16"))
                with
            { Origin = PolicyOrigin.Labels, Backend = FirewallBackend.Auto },
            Assert.Single(desired.Policies));
    }

    [Fact]
    public void A_wrong_option_leaves_the_right_ones()
    {
        KillswitchPolicy policy = Assert.IsType<KillswitchPolicy>(Assert.Single(Read(Network(
            "media", ("policy", "killswitch"), ("action", "reject"), ("allow-published-port", "maybe"),
            ("allow-destination", "192.168.1.0/24"))).Policies));

        Assert.Equal(BlockAction.Reject, policy.Action);
        Assert.False(policy.AllowPublishedPort);
        Assert.Equal(Samples.Cidrs("192.168.1.0/24"), policy.AllowDestination);
    }

    [Theory]
    [InlineData("yes")]
    [InlineData("")]
    [InlineData("False")]
    public void An_option_that_closes_counts_as_set_if_its_value_is_invalid(string value) =>
        Assert.True(Assert.IsType<KillswitchPolicy>(
            Assert.Single(Read(Network("media", ("policy", "killswitch"), ("block-host", value))).Policies)).BlockHost);

    [Theory]
    [InlineData("exclude", "everything")]
    [InlineData("exclude", "::/0")]
    [InlineData("mechanism", "Mark")]
    [InlineData("name", "-x")]
    [InlineData("block-host", "true")]
    [InlineData("tunnel-interface", "")]
    [InlineData("excludes", "10.0.0.0/8")]
    public void A_bypass_with_a_wrong_label_is_an_error_and_no_policy(string label, string value)
    {
        DesiredPolicies desired = Read(Network("media", ("policy", "bypass"), (label, value)));

        Assert.Single(desired.Failures);
        Assert.Empty(desired.Policies);
    }

    [Theory]
    [InlineData("exclude", "10.0.0.0/8")]
    [InlineData("name", "films")]
    [InlineData("tunnel-interface", "tailscale0")]
    public void Without_a_policy_what_a_bypass_may_have_is_an_error_and_no_policy(string label, string value)
    {
        DesiredPolicies desired = Read(Network("media", (label, value)));

        Assert.Equal([nameof(Failures.MissingPolicyLabel)], Ids(desired));
        Assert.Empty(desired.Policies);
    }

    [Theory]
    [InlineData("tailsplit.polcy", "killswitch")]
    [InlineData("tailsplt.policy", "Killswitch")]
    [InlineData("tail-split.policy", "kill switch")]
    public void Labels_for_both_kinds_are_an_error_and_close_the_network(string label, string value) => Assert.Equal(
        PolicyKind.Killswitch, Assert.Single(Read(Raw("media", ("tailsplit.policy", "bypass"), (label, value))).Policies).Kind);

    [Fact]
    public void A_network_without_tailsplit_labels_is_ignored()
    {
        DesiredPolicies desired = Read(
            Raw("media", ("team", "video"), ("com.example.tailsplit.policy", "killswitch"), ("tailsplitter", "x")));

        Assert.Empty(desired.Failures);
        Assert.Empty(desired.Policies);
    }

    [Theory]
    [InlineData("host")]
    [InlineData("macvlan")]
    [InlineData("overlay")]
    public void A_network_that_can_have_no_policy_is_an_error(string driver)
    {
        DesiredPolicies desired = Read(Network("media", ("policy", "killswitch")) with { Driver = driver });

        Assert.Equal([nameof(ModelFailures.NetworkCannotHavePolicy)], Ids(desired));
        Assert.Empty(desired.Policies);
    }

    [Fact]
    public void A_killswitch_on_an_internal_network_is_worth_a_warning()
    {
        DesiredPolicies desired = Read(Network("media", ("policy", "killswitch")) with { Internal = true });

        Assert.Empty(desired.Failures);
        Assert.Single(desired.Warnings);
    }

    [Fact]
    public void A_subnet_inside_of_tailscales_range_is_an_error() => Assert.Equal(
        [nameof(Failures.SubnetInTailscaleRange)],
        Ids(Read(Network("media", ("policy", "killswitch")) with { Subnet = ["100.64.1.0/24"] })));

    [Fact]
    public void Two_networks_that_claim_one_name_are_errors_and_closed_under_their_own()
    {
        DesiredPolicies desired = Read(
            Network("a", ("policy", "killswitch"), ("name", "x")),
            Network("b", ("policy", "killswitch"), ("name", "x")),
            Network("c", ("policy", "bypass"), ("name", "x")), Network("d", ("policy", "bypass")));

        Assert.Equal(Enumerable.Repeat(nameof(Failures.LabelsClaimOneName), 3), Ids(desired));
        Assert.Equal(["a", "b", "d"], desired.Policies.Select(policy => policy.Name.ToString()));
    }

    [Fact]
    public void Networks_that_name_each_other_are_errors_and_closed_under_their_own()
    {
        DesiredPolicies desired = Read(
            Network("a", ("policy", "killswitch"), ("name", "b")),
            Network("b", ("policy", "killswitch"), ("name", "a")));

        Assert.Equal(Enumerable.Repeat(nameof(Failures.LabelNamesAnotherNetwork), 2), Ids(desired));
        Assert.All(desired.Policies, policy => Assert.Equal(policy.Target.Network, policy.Name));
    }

    [Fact]
    public void A_bypass_that_takes_the_name_of_another_network_is_no_policy()
    {
        DesiredPolicies desired = Read(Network("a", ("policy", "bypass"), ("name", "b")), Network("b"));

        Assert.Equal([nameof(Failures.LabelNamesAnotherNetwork)], Ids(desired));
        Assert.Empty(desired.Policies);
    }

    [Fact]
    public void Two_networks_of_one_name_are_closed_by_their_ids()
    {
        DesiredPolicies desired = Read(
            Network("a", ("policy", "killswitch")),
            Network("a", ("policy", "killswitch")) with { Id = new string('b', 64), Bridge = "br-b" });

        Assert.Equal(
            ["aaaaaaaaaaaa", "bbbbbbbbbbbb"], desired.Policies.Select(policy => policy.Name.ToString()).Order());
    }

    [Fact]
    public void A_wrong_label_leaves_the_other_networks_alone()
    {
        DesiredPolicies desired = Read(Network("a", ("name", "x")), Network("b", ("policy", "bypass")), Network(
            "c", ("policy", "killswitch")));

        Assert.Equal(["b", "c"], desired.Policies.Select(policy => policy.Name.ToString()));
    }

    private static DesiredPolicies Read(params DockerNetwork[] networks) =>
        LabelledNetworks.Read(networks, Samples.Tunnel);

    private static IEnumerable<string> Ids(DesiredPolicies desired) => desired.Failures.Select(failure => failure.Id);

    private static DockerNetwork Network(string name, params (string Label, string Value)[] labels) =>
        Raw(name, [.. labels.Select(label => ("tailsplit." + label.Label, label.Value))]);

    private static DockerNetwork Raw(string name, params (string Label, string Value)[] labels) => new()
    {
        Name = name,
        Id = new string(name[0], 64),
        Driver = "bridge",
        Bridge = "br-" + name,
        Subnet = ["10.1.0.0/16"],
        Labels = new DockerNetwork { Name = "", Id = "", Driver = "" }.Labels.AddRange(
            labels.Select(label => KeyValuePair.Create(label.Label, label.Value))),
    };
}
