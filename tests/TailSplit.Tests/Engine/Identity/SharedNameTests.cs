using System.Management.Automation;
using TailSplit.Core.Diagnosis;
using TailSplit.Output;
using TailSplit.Tests.Engine.Hosting;
using TailSplit.Tests.Fakes;
using TailSplit.Tests.Fakes.Docker;
using Xunit;

namespace TailSplit.Tests.Engine.Identity;

/// <summary>Of two networks of one name, each gets the policy that is meant for it, or none.</summary>
public sealed class SharedNameTests : IDisposable
{
    private readonly Session _session = new();

    private FakeHost Host => _session.Host;

    public void Dispose() => _session.Dispose();

    [Fact]
    public void Of_two_networks_of_one_name_the_name_is_an_error_with_both_ids()
    {
        (FakeNetwork first, FakeNetwork second) = Twins();

        foreach (string script in (string[])["New-TailSplitKillswitch twin", "'media', 'twin' | New-TailSplitKillswitch -WhatIf"])
        {
            Answer answer = _session.Run(script);
            ErrorRecord error = answer.AssertError("AmbiguousNetwork", ErrorCategory.InvalidArgument);
            Assert.Contains(first.Id, error.ErrorDetails.Message, StringComparison.Ordinal);
            Assert.Contains(second.Id, error.ErrorDetails.Message, StringComparison.Ordinal);
        }

        Assert.Equal(0, Host.Writes);
    }

    [Fact]
    public void An_id_selects_one_of_two_networks_of_the_same_name()
    {
        (_, FakeNetwork second) = Twins();

        _session.Run($"New-TailSplitKillswitch {second.Id}").AssertNoErrors();

        TailSplitPolicy policy = Assert.Single(Policies());
        Assert.Equal(second.Bridge, policy.Bridge);
        Assert.Equal(PolicyState.Active, policy.State);
        Assert.Equal(CheckStatus.Pass, Check("Bridge").Status);
    }

    [Theory]
    [InlineData("Get-DockerNetwork twin | New-TailSplitKillswitch")]
    [InlineData("(Get-DockerNetwork twin).Id | New-TailSplitKillswitch")]
    [InlineData("$value | New-TailSplitKillswitch")]
    public void Piped_in_both_are_closed_under_names_that_differ(string script)
    {
        (FakeNetwork first, FakeNetwork second) = Twins();
        object[] copies = [.. _session.Run("Get-DockerNetwork twin").Output
            .Select(network => PSSerializer.Deserialize(PSSerializer.Serialize(network, 2)))];

        _session.Run(script, copies).AssertNoErrors();

        Assert.Equal(
            new[] { first.Bridge, second.Bridge }.Order(StringComparer.Ordinal),
            Policies().Select(policy => policy.Bridge!).Order(StringComparer.Ordinal));
        Assert.All(Policies(), policy => Assert.Equal(PolicyState.Active, policy.State));
        _session.Run(script, copies).AssertNoErrors();
        Assert.Equal(2, Policies().Count);
    }

    [Fact]
    public void One_of_two_policies_of_the_same_name_is_removed_without_the_other()
    {
        (FakeNetwork first, FakeNetwork second) = Twins();
        _session.Given($"Get-DockerNetwork twin | New-TailSplitKillswitch");

        _session.Run($"Get-DockerNetwork {first.Id} | Remove-TailSplitPolicy").AssertNoErrors();

        Assert.Equal(second.Bridge, Assert.Single(Policies()).Bridge);
    }

    [Fact]
    public void Two_rows_of_one_name_are_one_policy_and_an_error_that_says_which_has_none()
    {
        ErrorRecord error = _session.Run(
            """
            @(
                [pscustomobject]@{ Name = 'lab'; Subnet = '10.98.0.0/16'; Bridge = 'br-lab1' }
                [pscustomobject]@{ Name = 'lab'; Subnet = '10.99.0.0/16'; Bridge = 'br-lab2' }
            ) | New-TailSplitKillswitch
            """).AssertError("PolicyNameTaken", ErrorCategory.InvalidArgument);

        Assert.Contains("10.99.0.0/16, br-lab2. The second gets no policy", error.ErrorDetails.Message, StringComparison.Ordinal);
        Assert.Equal("br-lab1", Assert.Single(Policies()).Bridge);
    }

    [Fact]
    public void With_force_too_a_second_of_one_name_does_not_open_the_first()
    {
        _session.Run(
            """
            @(
                [pscustomobject]@{ Name = 'lab'; Subnet = '10.98.0.0/16'; Bridge = 'br-lab1' }
                [pscustomobject]@{ Name = 'lab'; Subnet = '10.99.0.0/16'; Bridge = 'br-lab2' }
            ) | New-TailSplitKillswitch -Force
            """).AssertError("PolicyNameTaken", ErrorCategory.InvalidArgument);

        Assert.Equal("br-lab1", Assert.Single(Policies()).Bridge);
    }

    private (FakeNetwork First, FakeNetwork Second) Twins()
    {
        FakeNetwork first = new("twin") { Subnet = ["172.30.0.0/16"], Containers = ["one"] };
        FakeNetwork second = new("twin") { Subnet = ["172.31.0.0/16"], Incarnation = 1, Containers = ["two"] };
        Host.Add(first).Add(second);
        return (first, second);
    }

    private IReadOnlyList<TailSplitPolicy> Policies() => _session.Run("Get-TailSplitPolicy").AssertNoErrors().Policies;

    private TailSplitCheck Check(string name) => _session.Run("Test-TailSplitPolicy").Of<TailSplitCheck>()
        .Single(check => check.Check == name && check.Policy is not null);
}
