using System.Management.Automation;
using TailSplit.Core.Model;
using TailSplit.Output;
using TailSplit.Tests.Engine.Hosting;
using TailSplit.Tests.Fakes;
using TailSplit.Tests.Fakes.Docker;
using Xunit;

namespace TailSplit.Tests.Engine.Persistence;

/// <summary>Sync-TailSplitPolicy without a path: the labels of Docker's networks define the policies.</summary>
public sealed class SyncLabelTests : IDisposable
{
    private readonly Session _session = new();

    public void Dispose() => _session.Dispose();

    [Fact]
    public void Every_option_can_be_said_by_labels()
    {
        Add(
            "open", "172.30.0.0/16", ("policy", "bypass"), ("name", "wide"),
            ("exclude", "203.0.113.0/24, 198.51.100.7"), ("mechanism", "route"));
        Add("shut", "172.31.0.0/16",
            ("policy", "killswitch"), ("allow-destination", "192.168.1.0/24"), ("allow-published-port", "true"),
            ("action", "reject"),
            ("block-host", "true"), ("tunnel-interface", "ts7"));

        _session.Run("Sync-TailSplitPolicy").AssertNoErrors();

        IReadOnlyList<TailSplitPolicy> policies = _session.Run("Get-TailSplitPolicy").AssertNoErrors().Policies;
        Assert.Equal(["shut", "wide"], policies.Select(policy => policy.Name));
        TailSplitPolicy shut = policies[0];
        Assert.Equal(["192.168.1.0/24"], shut.AllowDestination);
        Assert.True(shut.AllowPublishedPort);
        Assert.Equal(BlockAction.Reject, shut.Action);
        Assert.True(shut.BlockHost);
        Assert.Equal("ts7", shut.TunnelInterface);
        TailSplitPolicy wide = policies[1];
        Assert.Equal("open", wide.Network);
        Assert.Equal(["198.51.100.7/32", "203.0.113.0/24"], wide.Exclude);
        Assert.Equal(Mechanism.Route, wide.Mechanism);
    }

    [Fact]
    public void Everything_is_added_changed_and_removed_in_one_commit()
    {
        FakeNetwork gone = Add("gone", "172.30.0.0/16", ("policy", "killswitch"));
        FakeNetwork moves = Add("moves", "172.31.0.0/16", ("policy", "killswitch"));
        _session.Given($"Sync-TailSplitPolicy");
        _session.Host.Remove(gone);
        _session.Host.Remove(moves);
        // It has the subnet of the one that is gone, and the new one has its subnet.
        Add("moves", "172.30.0.0/16", ("policy", "bypass"));
        Add("new", "172.31.0.0/16", ("policy", "killswitch"));

        _session.Run("Sync-TailSplitPolicy").AssertNoErrors();

        Assert.Equal(2, _session.Host.Calls.Count(
            call => call.IsWrite && call.Call.Program.EndsWith("-restore", StringComparison.Ordinal)));
        Assert.Equal(["moves", "new"], Names());
        using Session fresh = new(Fresh());
        fresh.Run("Sync-TailSplitPolicy").AssertNoErrors();
        Assert.Equal(fresh.Host.Rules, _session.Host.Rules);
    }

    [Fact]
    public void Policies_that_match_the_labels_are_not_changed()
    {
        Add("shut", "172.30.0.0/16", ("policy", "killswitch"));
        _session.Given($"Sync-TailSplitPolicy");

        Answer answer = _session.Run("Sync-TailSplitPolicy").AssertNoErrors();

        Assert.Empty(answer.Output);
        Assert.Equal(0, _session.Host.Writes);
    }

    [Fact]
    public void Rules_that_were_deleted_come_back()
    {
        Add("shut", "172.30.0.0/16", ("policy", "killswitch"));
        _session.Given($"Sync-TailSplitPolicy");
        string whole = _session.Host.Rules;
        foreach (IpFamily family in IpFamilies.All)
            _session.Host.Firewall[family].Load("*filter\n-F TAILSPLIT-KILLSWITCH\nCOMMIT\n");

        Assert.NotEqual(whole, _session.Host.Rules);
        _session.Run("Sync-TailSplitPolicy").AssertNoErrors();

        Assert.Equal(whole, _session.Host.Rules);
    }

    [Fact]
    public void A_policy_of_a_command_is_not_changed()
    {
        _session.Given($"New-TailSplitKillswitch media");

        _session.Run("Sync-TailSplitPolicy").AssertNoErrors();

        Assert.Equal(["media"], Names());
        Assert.Equal(0, _session.Host.Writes);
    }

    [Fact]
    public void Prune_removes_a_policy_of_a_command()
    {
        _session.Given($"New-TailSplitKillswitch media");
        Add("shut", "172.30.0.0/16", ("policy", "killswitch"));

        _session.Run("Sync-TailSplitPolicy -Prune").AssertNoErrors();

        Assert.Equal(["shut"], Names());
    }

    [Fact]
    public void A_policy_of_a_command_that_differs_is_an_error_and_stays()
    {
        Add("shut", "172.30.0.0/16", ("policy", "killswitch"), ("block-host", "true"));
        _session.Given($"New-TailSplitKillswitch shut");

        ErrorRecord error = _session.Run("Sync-TailSplitPolicy")
            .AssertError("PolicyNotOwned", ErrorCategory.ResourceExists);

        Assert.Equal("shut", error.TargetObject);
        Assert.False(Assert.Single(Policies()).BlockHost);
    }

    [Fact]
    public void A_policy_that_a_command_applies_again_belongs_to_the_command()
    {
        FakeNetwork network = Add("shut", "172.30.0.0/16", ("policy", "killswitch"));
        _session.Given($"Sync-TailSplitPolicy; New-TailSplitKillswitch shut");
        _session.Host.Remove(network);

        _session.Run("Sync-TailSplitPolicy").AssertNoErrors();

        Assert.Equal(["shut"], Names());
    }

    [Fact]
    public void WhatIf_shows_the_difference_and_writes_nothing()
    {
        FakeNetwork gone = Add("gone", "172.30.0.0/16", ("policy", "killswitch"));
        Add("stays", "172.31.0.0/16", ("policy", "killswitch"));
        _session.Given($"Sync-TailSplitPolicy");
        _session.Host.Remove(gone);
        Add("new", "172.30.0.0/16", ("policy", "bypass"));

        Answer answer = _session.Run("Sync-TailSplitPolicy -WhatIf").AssertNoErrors();

        Assert.Equal(0, _session.Host.Writes);
        Assert.Equal(
            ["gone"],
            answer.Rules.Where(rule => rule.State == RuleState.PlannedRemoval && rule.Policy is not null).Select(
                rule => rule.Policy!).Distinct());
        Assert.Equal(
            ["new"],
            answer.Rules.Where(rule => rule.State == RuleState.Planned && rule.Policy is not null).Select(
                rule => rule.Policy!).Distinct());
        Assert.DoesNotContain(answer.Rules, rule => rule.Policy == "stays");
    }

    [Fact]
    public void A_wrong_label_is_an_error_for_its_network_and_leaves_the_others_alone()
    {
        Add("typo", "172.30.0.0/16", ("policy", "bypass"), ("mechanism", "routes"));
        Add("shut", "172.31.0.0/16", ("policy", "killswitch"));

        ErrorRecord error = _session.Run("Sync-TailSplitPolicy")
            .AssertError("InvalidLabel", ErrorCategory.InvalidArgument);

        Assert.Equal("typo", error.TargetObject);
        Assert.Equal(["shut"], Names());
    }

    [Fact]
    public void A_killswitch_in_another_spelling_is_an_error_and_closed()
    {
        Add(
            "shut", "172.30.0.0/16", ("policy", "Kill Switch"), ("block-host", "yes"),
            ("allow-destination", "everywhere"));

        Answer answer = _session.Run("Sync-TailSplitPolicy");

        Assert.Equal(3, answer.Errors.Count);
        TailSplitPolicy policy = Assert.Single(Policies());
        Assert.Equal(PolicyKind.Killswitch, policy.Kind);
        Assert.True(policy.BlockHost);
        Assert.Empty(policy.AllowDestination);
    }

    [Fact]
    public void If_docker_does_not_answer_nothing_changes()
    {
        Add("shut", "172.30.0.0/16", ("policy", "killswitch"));
        _session.Given($"Sync-TailSplitPolicy");
        _session.Host.Docker.IsRunning = false;

        _session.Run("Sync-TailSplitPolicy -Prune").AssertError("DockerUnavailable", ErrorCategory.ResourceUnavailable);

        Assert.Equal(["shut"], Names());
        Assert.Equal(0, _session.Host.Writes);
    }

    private FakeNetwork Add(string name, string subnet, params (string Label, string Value)[] labels) =>
        Add(_session.Host, name, subnet, labels);

    private static FakeNetwork Add(
        FakeHost host, string name, string subnet, params (string Label, string Value)[] labels)
    {
        FakeNetwork network = new(name)
        {
            Subnet = [subnet],
            Labels = labels.ToDictionary(label => "tailsplit." + label.Label, label => label.Value),
            Incarnation = host.Docker.Networks.Count,
        };
        host.Add(network);
        return network;
    }

    // A host with the networks of this one, on which nothing of ours was ever in force.
    private FakeHost Fresh()
    {
        FakeHost host = UsualHost.Create();
        foreach (FakeNetwork network in _session.Host.Docker.Networks.Where(
            network => network.Labels.Keys.Any(key => key.StartsWith("tailsplit.", StringComparison.Ordinal))))
            host.Add(network);

        return host;
    }

    private IReadOnlyList<TailSplitPolicy> Policies() => _session.Run("Get-TailSplitPolicy").AssertNoErrors().Policies;

    private IEnumerable<string> Names() => Policies().Select(policy => policy.Name);
}
