using System.Management.Automation;
using TailSplit.Output;
using TailSplit.Tests.Engine.Hosting;
using TailSplit.Tests.Fakes;
using TailSplit.Tests.Fakes.Docker;
using Xunit;

namespace TailSplit.Tests.Engine;

/// <summary>The ways to say what a policy is about, the same for both cmdlets.</summary>
public sealed class TargetTests : IDisposable
{
    private readonly Session _session = new();

    public static TheoryData<string> Cmdlets { get; } = ["New-TailSplitBypass", "New-TailSplitKillswitch"];

    public void Dispose() => _session.Dispose();

    [Theory]
    [MemberData(nameof(Cmdlets))]
    public void A_network_can_be_given_by_its_name(string cmdlet)
    {
        TailSplitPolicy policy = Made($"{cmdlet} torrents");

        Assert.Equal("torrents", policy.Name);
        Assert.Equal("torrents", policy.Network);
        Assert.Equal("br-torrents", policy.Bridge);
        Assert.Equal(["172.19.0.0/16", "fd00:19::/64"], policy.Subnet);
        Assert.Equal(PolicyState.Active, policy.State);
    }

    [Theory]
    [MemberData(nameof(Cmdlets))]
    public void A_network_can_be_given_by_its_whole_id(string cmdlet) =>
        Assert.Equal("torrents", Made($"{cmdlet} -Network {UsualHost.Torrents.Id}").Name);

    [Theory]
    [MemberData(nameof(Cmdlets))]
    public void A_piped_network_gets_its_policy_without_asking_docker_again(string cmdlet)
    {
        object network = _session.Run("Get-DockerNetwork torrents").Output.Single();
        _session.Host.Missing.Add("docker");

        _session.Run($"$value | {cmdlet}", network).AssertNoErrors();

        Assert.Equal("br-torrents", Assert.Single(_session.Run("Get-TailSplitPolicy").Policies).Bridge);
    }

    [Theory]
    [MemberData(nameof(Cmdlets))]
    public void A_network_can_be_given_as_an_object(string cmdlet) =>
        Assert.Equal("torrents", Made($"{cmdlet} -Network (Get-DockerNetwork torrents)").Name);

    [Theory]
    [MemberData(nameof(Cmdlets))]
    public void Several_names_get_a_policy_each_also_from_the_pipeline(string cmdlet)
    {
        Run($"{cmdlet} media, torrents; 'games' | {cmdlet}");

        Assert.Equal(["games", "media", "torrents"], Policies().Select(policy => policy.Name));
    }

    [Theory]
    [MemberData(nameof(Cmdlets))]
    public void The_policy_of_a_named_network_can_have_another_name(string cmdlet)
    {
        TailSplitPolicy policy = Made($"{cmdlet} media -Name films");

        Assert.Equal("films", policy.Name);
        Assert.Equal("media", policy.Network);
    }

    [Theory]
    [MemberData(nameof(Cmdlets))]
    public void The_policy_of_a_piped_network_can_have_another_name(string cmdlet) =>
        Assert.Equal("films", Made($"Get-DockerNetwork media | {cmdlet} -Name films").Name);

    [Theory]
    [MemberData(nameof(Cmdlets))]
    public void The_bridge_of_a_subnet_is_looked_up_from_the_hosts_addresses(string cmdlet)
    {
        Answer answer = Run($"{cmdlet} -Subnet 172.19.0.0/16, fd00:19::/64");

        TailSplitPolicy policy = Assert.Single(Policies());
        Assert.Equal("br-torrents", policy.Bridge);
        Assert.Equal("br-torrents", policy.Name);
        Assert.Null(policy.Network);
        Assert.Empty(answer.Warnings);
    }

    [Theory]
    [MemberData(nameof(Cmdlets))]
    public void A_subnet_without_an_interface_gets_a_policy_and_a_warning_of_what_it_misses(string cmdlet)
    {
        Answer answer = Run($"{cmdlet} -Subnet 10.99.0.0/16 -Name lab");

        string warning = Assert.Single(answer.Warnings);
        Assert.Contains("10.99.0.0/16", warning, StringComparison.Ordinal);
        Assert.Contains("-Bridge", warning, StringComparison.Ordinal);
        TailSplitPolicy policy = Assert.Single(Policies());
        Assert.Null(policy.Bridge);
        Assert.Equal(["10.99.0.0/16"], policy.Subnet);
        Assert.Equal(PolicyState.Active, policy.State);
    }

    [Theory]
    [MemberData(nameof(Cmdlets))]
    public void A_subnet_and_its_bridge_need_no_docker(string cmdlet)
    {
        _session.Host.Missing.Add("docker");

        Answer answer = Run($"{cmdlet} -Subnet 10.99.0.0/16 -Bridge br-lab -Name lab");

        Assert.Empty(answer.Warnings);
        Assert.Equal("br-lab", Assert.Single(Policies()).Bridge);
    }

    [Theory]
    [MemberData(nameof(Cmdlets))]
    public void The_subnets_of_a_bridge_are_looked_up_from_the_hosts_addresses(string cmdlet)
    {
        TailSplitPolicy policy = Made($"{cmdlet} -Bridge br-torrents");

        Assert.Equal("br-torrents", policy.Name);
        Assert.Equal("br-torrents", policy.Bridge);
        Assert.Equal(["172.19.0.0/16", "fd00:19::/64"], policy.Subnet);
    }

    [Theory]
    [MemberData(nameof(Cmdlets))]
    public void A_bridge_without_an_address_is_an_error_that_asks_for_the_subnet(string cmdlet)
    {
        ErrorRecord error = _session.Run($"{cmdlet} -Bridge br-lab")
            .AssertError("BridgeWithoutSubnet", ErrorCategory.InvalidArgument);

        Assert.Equal("br-lab", error.TargetObject);
        Assert.Contains("-Subnet", error.ErrorDetails.RecommendedAction, StringComparison.Ordinal);
        Assert.Equal(0, _session.Host.Writes);
    }

    [Theory]
    [InlineData("10.99.0.0/16", "10.99.0.0-16")]
    [InlineData("fd00:99::/64", "fd00-99-64")]
    public void A_policy_by_subnet_is_named_after_it(string subnet, string name) =>
        Assert.Equal(name, Made($"New-TailSplitKillswitch -Subnet {subnet}").Name);

    [Theory]
    [MemberData(nameof(Cmdlets))]
    public void A_piped_object_with_only_a_name_names_a_network(string cmdlet)
    {
        Run($"[pscustomobject]@{{ Name = 'media' }}, [pscustomobject]@{{ Name = 'torrents' }} | {cmdlet}");

        Assert.Equal(["media", "torrents"], Policies().Select(policy => policy.Name));
        Assert.All(Policies(), policy => Assert.Equal(policy.Name, policy.Network));
    }

    [Theory]
    [MemberData(nameof(Cmdlets))]
    public void Rows_of_a_csv_file_with_name_subnet_and_bridge_get_a_policy_each(string cmdlet)
    {
        Run($$"""
            @(
                [pscustomobject]@{ Name = 'lab1'; Subnet = '10.98.0.0/16'; Bridge = 'br-lab1' }
                [pscustomobject]@{ Name = 'lab2'; Subnet = '10.99.0.0/16'; Bridge = 'br-lab2' }
            ) | {{cmdlet}}
            """);

        Assert.Equal(["lab1", "lab2"], Policies().Select(policy => policy.Name));
        Assert.Equal(["br-lab1", "br-lab2"], Policies().Select(policy => policy.Bridge));
        Assert.Equal(["10.98.0.0/16", "10.99.0.0/16"], Policies().SelectMany(policy => policy.Subnet));
    }

    [Fact]
    public void An_empty_column_of_a_csv_file_counts_as_missing()
    {
        Run("[pscustomobject]@{ Name = 'lab'; Subnet = '172.19.0.0/16'; Bridge = '' } | New-TailSplitKillswitch");

        Assert.Equal("br-torrents", Assert.Single(Policies()).Bridge);
    }

    [Theory]
    [InlineData("New-TailSplitBypass", 1)]
    [InlineData("New-TailSplitBypass", 2)]
    [InlineData("New-TailSplitKillswitch", 1)]
    [InlineData("New-TailSplitKillswitch", 2)]
    public void A_network_that_was_serialised_for_remoting_or_clixml_gets_its_policy(string cmdlet, int depth)
    {
        object network = _session.Run("Get-DockerNetwork torrents").Output.Single();
        object copy = PSSerializer.Deserialize(PSSerializer.Serialize(network, depth));

        _session.Run($"$value | {cmdlet}", copy).AssertNoErrors();

        TailSplitPolicy policy = Assert.Single(Policies());
        Assert.Equal("torrents", policy.Name);
        Assert.Equal("br-torrents", policy.Bridge);
        Assert.Equal(["172.19.0.0/16", "fd00:19::/64"], policy.Subnet);
    }

    [Fact]
    public void A_subnet_is_the_same_however_it_is_written() =>
        Assert.Equal(
            ["fd00:99::/64"], Made("New-TailSplitKillswitch -Subnet 'FD00:0099:0:0::/64' -Bridge br-lab").Subnet);

    [Theory]
    [MemberData(nameof(Cmdlets))]
    public void Without_a_target_there_is_an_error_that_says_how_to_give_one(string cmdlet)
    {
        ErrorRecord error = _session.Run($"{cmdlet}").AssertError("MissingTarget", ErrorCategory.InvalidArgument);

        Assert.Contains("-Network", error.ErrorDetails.RecommendedAction, StringComparison.Ordinal);
        Assert.Empty(_session.Host.Calls);
    }

    [Theory]
    [InlineData("-Subnet 10.99.0.0/16")]
    [InlineData("-Bridge br-lab")]
    public void A_network_by_name_together_with_a_subnet_or_bridge_is_an_error(string byHand)
    {
        _session.Run(
            $"New-TailSplitKillswitch -Network media {byHand}").AssertError("NetworkAndSubnet",
            ErrorCategory.InvalidArgument);

        Assert.Equal(0, _session.Host.Writes);
    }

    [Theory]
    [InlineData("-Subnet 10.99.0.0/16")]
    [InlineData("-Bridge br-lab")]
    public void A_piped_network_together_with_a_subnet_or_bridge_is_an_error(string byHand)
    {
        _session.Run(
            $"Get-DockerNetwork media | New-TailSplitKillswitch {byHand}").AssertError("NetworkAndSubnet",
            ErrorCategory.InvalidArgument);

        Assert.Equal(0, _session.Host.Writes);
    }

    [Fact]
    public void A_killswitch_for_a_piped_network_with_containers_needs_no_docker_either()
    {
        // What Docker could tell of its containers is worth a warning; that it can't is no reason to leave the network
        // open.
        object network = _session.Run("Get-DockerNetwork media").Output.Single();
        _session.Host.Docker.IsRunning = false;

        _session.Run("$value | New-TailSplitKillswitch", network).AssertNoErrors();

        Assert.Single(Policies());
    }

    private Answer Run(string script) => _session.Run(script).AssertNoErrors();

    private IReadOnlyList<TailSplitPolicy> Policies() => Run("Get-TailSplitPolicy").Policies;

    private TailSplitPolicy Made(string script)
    {
        Run(script);
        return Assert.Single(Policies());
    }

    [Fact]
    public void A_pipeline_of_names_asks_docker_five_times_however_many_there_are()
    {
        for (int i = 0; i < 20; i++)
            _session.Host.Add(new FakeNetwork($"n{i}") { Subnet = [$"10.10.{i}.0/24"] });

        _session.Run("1..20 | ForEach-Object { \"n$($_ - 1)\" } | New-TailSplitKillswitch").AssertNoErrors();

        // One by its name, then all of them; and whose daemon it is, once.
        Assert.Equal(5, _session.Host.Calls.Count(call => call.Call.Program == "docker"));
    }
}
