using System.Management.Automation;
using TailSplit.Output;
using TailSplit.Tests.Engine.Hosting;
using TailSplit.Tests.Fakes;
using TailSplit.Tests.Fakes.Docker;
using Xunit;

namespace TailSplit.Tests.Engine.Persistence;

/// <summary>Sync-TailSplitPolicy with a path: a file defines the policies.</summary>
public sealed class SyncFileTests : IDisposable
{
    private readonly Session _session = new();
    private readonly TemporaryFolder _folder = new();

    public void Dispose()
    {
        _session.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public void Policies_that_are_no_longer_in_the_file_are_removed()
    {
        _session.Given($"New-TailSplitKillswitch games; Sync-TailSplitPolicy {File("media", "torrents")}");

        _session.Run($"Sync-TailSplitPolicy {File("torrents")}").AssertNoErrors();

        Assert.Equal(["games", "torrents"], Names());
    }

    [Fact]
    public void A_policy_of_a_command_with_the_same_options_as_the_file_still_belongs_to_the_command()
    {
        _session.Given($"New-TailSplitKillswitch torrents; Sync-TailSplitPolicy {File("torrents")}");

        _session.Run($"Sync-TailSplitPolicy {File()}").AssertNoErrors();

        Assert.Equal(["torrents"], Names());
    }

    [Fact]
    public void Two_files_do_not_remove_each_others_policies()
    {
        _session.Given($"Sync-TailSplitPolicy {File("media")}");
        string other = _folder.Write("other.json", Text("torrents"));

        _session.Run($"Sync-TailSplitPolicy {other}").AssertNoErrors();

        Assert.Equal(["media", "torrents"], Names());
    }

    [Fact]
    public void Prune_removes_all_other_policies_and_takes_over_those_of_the_file()
    {
        _session.Given($"New-TailSplitKillswitch torrents -BlockHost; New-TailSplitBypass games");

        _session.Run($"Sync-TailSplitPolicy {File("torrents")} -Prune").AssertNoErrors();
        Assert.Equal(["torrents"], Names());
        _session.Run($"Sync-TailSplitPolicy {File()}").AssertNoErrors();

        Assert.Empty(Names());
    }

    [Fact]
    public void A_file_that_cannot_be_read_changes_nothing()
    {
        _session.Given($"Sync-TailSplitPolicy {File("media")}");
        string path = _folder.Write("policy.json", "{ \"version\": 1,");

        _session.Run($"Sync-TailSplitPolicy {path} -Prune").AssertError("MalformedPolicyFile", ErrorCategory.InvalidData);

        Assert.Equal(["media"], Names());
        Assert.Equal(0, _session.Host.Writes);
    }

    [Fact]
    public void Without_docker_what_is_in_force_stays_where_it_is()
    {
        _session.Given($"Sync-TailSplitPolicy {File("media", "torrents")}");
        string before = _session.Host.Rules;
        _session.Host.Docker.IsRunning = false;

        _session.Run($"Sync-TailSplitPolicy {File("media", "torrents")}").AssertError("DockerUnavailable", ErrorCategory.ResourceUnavailable);

        Assert.Equal(before, _session.Host.Rules);
    }

    [Fact]
    public void With_tailscaled_stopped_the_name_of_its_interface_is_kept()
    {
        _session.Host.Routes.AddLink("ts7", "100.101.102.104/32");
        _session.Given($"New-TailSplitKillswitch games -TunnelInterface ts7; Sync-TailSplitPolicy {File("torrents")}");
        _session.Host.Routes.RemoveLink("ts7");
        _session.Host.Routes.RemoveLink("tailscale0");
        string before = _session.Host.Rules;

        _session.Run($"Sync-TailSplitPolicy {File("torrents")} -Verbose").AssertNoErrors();

        Assert.Equal(before, _session.Host.Rules);
    }

    [Fact]
    public void A_network_that_moved_is_followed()
    {
        _session.Given($"Sync-TailSplitPolicy {File("games")}");
        _session.Host.Remove(UsualHost.Games);
        FakeNetwork again = UsualHost.Games with { Incarnation = 1 };
        _session.Host.Add(again);

        _session.Run($"Sync-TailSplitPolicy {File("games")}").AssertNoErrors();

        Assert.Equal(again.Bridge, Assert.Single(Policies()).Bridge);
    }

    [Fact]
    public void Confirm_asks_once_for_each_policy_that_changes()
    {
        string path = File("media", "torrents");

        _session.Run($"Sync-TailSplitPolicy {path} -Confirm:$false").AssertNoErrors();

        Assert.Equal(["media", "torrents"], Names());
    }

    private string File(params string[] networks) => _folder.Write("policy.json", Text(networks));

    private static string Text(params string[] networks) =>
        $$"""{ "version": 1, "policies": [ {{string.Join(',', networks.Select(name => $$"""{ "name": "{{name}}", "kind": "killswitch", "network": "{{name}}" }"""))}} ] }""";

    private IReadOnlyList<TailSplitPolicy> Policies() => _session.Run("Get-TailSplitPolicy").AssertNoErrors().Policies;

    private IEnumerable<string> Names() => Policies().Select(policy => policy.Name);
}
