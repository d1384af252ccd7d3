using System.Management.Automation;
using TailSplit.Core.Model;
using TailSplit.Output;
using TailSplit.Tests.Engine.Hosting;
using TailSplit.Tests.Fakes;
using TailSplit.Tests.Fakes.Docker;
using Xunit;

namespace TailSplit.Tests.Engine.Persistence;

public sealed class ImportTests : IDisposable
{
    private const string Both = """
        {
          "version": 1,
          "policies": [
            { "name": "media", "kind": "bypass", "network": "media", "exclude": [ "203.0.113.0/24" ] },
            { "name": "shut", "kind": "killswitch", "network": "torrents", "allowPublishedPort": true, "action": "reject" },
            { "name": "lab", "kind": "killswitch", "bridge": "br-lab", "subnets": [ "10.99.0.0/16" ] }
          ]
        }
        """;

    private readonly Session _session = new();
    private readonly TemporaryFolder _folder = new();

    public void Dispose()
    {
        _session.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public void Exported_removed_and_imported_the_rules_are_the_same()
    {
        _session.Given(
            $"New-TailSplitBypass media -Exclude 203.0.113.7; New-TailSplitKillswitch torrents -Name shut -AllowPublishedPort -AllowDestination 192.168.1.0/24 -BlockHost");
        string before = _session.Host.Rules;
        _session.Given($"Export-TailSplitPolicy -Path {_folder["p.json"]}; Remove-TailSplitPolicy *");

        Answer answer = _session.Run($"Import-TailSplitPolicy {_folder["p.json"]}").AssertNoErrors();

        Assert.Equal(before, _session.Host.Rules);
        Assert.All(answer.Rules, rule => Assert.Equal(RuleState.Applied, rule.State));
    }

    [Fact]
    public void A_file_is_one_transaction()
    {
        _session.Run($"Import-TailSplitPolicy {Write(Both)}").AssertNoErrors();

        Assert.Equal(["lab", "media", "shut"], Names());
        Assert.Equal(
            ["iptables-restore", "ip6tables-restore", "ip", "ip"],
            _session.Host.Calls.Where(call => call.IsWrite).Select(call => call.Call.Program));
    }

    [Fact]
    public void Rules_in_force_are_unchanged_and_policies_outside_the_file_stay()
    {
        string path = Write(Both);
        _session.Given($"New-TailSplitKillswitch games; Import-TailSplitPolicy {path}");

        Answer answer = _session.Run($"Import-TailSplitPolicy {path}").AssertNoErrors();

        Assert.All(answer.Rules, rule => Assert.Equal(RuleState.Unchanged, rule.State));
        Assert.Equal(0, _session.Host.Writes);
        Assert.Contains("games", Names());
    }

    [Fact]
    public void Other_options_are_an_error_unless_forced()
    {
        string path = Write(Both);
        _session.Given($"New-TailSplitKillswitch torrents -Name shut");

        _session.Run($"Import-TailSplitPolicy {path}").AssertError("PolicyExists", ErrorCategory.ResourceExists);
        Assert.Equal(BlockAction.Drop, Policy("shut").Action);
        _session.Run($"Import-TailSplitPolicy {path} -Force").AssertNoErrors();
        Assert.Equal(BlockAction.Reject, Policy("shut").Action);
    }

    [Fact]
    public void A_dry_run_writes_nothing_and_shows_the_rules()
    {
        Answer answer = _session.Run($"Import-TailSplitPolicy {Write(Both)} -WhatIf").AssertNoErrors();

        Assert.All(answer.Rules, rule => Assert.Equal(RuleState.Planned, rule.State));
        Assert.NotEmpty(answer.Rules);
        Assert.Equal(0, _session.Host.Writes);
    }

    [Fact]
    public void Bridge_and_subnet_are_looked_up_again()
    {
        _session.Given(
            $"New-TailSplitKillswitch games; Export-TailSplitPolicy -Path {_folder["p.json"]}; Remove-TailSplitPolicy *");
        _session.Host.Remove(UsualHost.Games);
        FakeNetwork again = UsualHost.Games with { Incarnation = 1, Subnet = ["172.29.0.0/16"] };
        _session.Host.Add(again);

        _session.Run($"Import-TailSplitPolicy {_folder["p.json"]}").AssertNoErrors();

        Assert.Equal(again.Bridge, Policy("games").Bridge);
        Assert.Equal(["172.29.0.0/16"], Policy("games").Subnet);
    }

    [Fact]
    public void A_killswitch_whose_network_is_gone_holds_where_it_was_last_known_and_a_bypass_is_left_out()
    {
        _session.Given(
            $"New-TailSplitKillswitch torrents; New-TailSplitBypass games; Export-TailSplitPolicy -Path {_folder["p.json"]}; Remove-TailSplitPolicy *");
        _session.Host.Remove(UsualHost.Torrents);
        _session.Host.Remove(UsualHost.Games);

        Answer answer = _session.Run($"Import-TailSplitPolicy {_folder["p.json"]}").AssertNoErrors();

        Assert.Equal(2, answer.Warnings.Count);
        Assert.Equal(["torrents"], Names());
        Assert.Equal("br-torrents", Policy("torrents").Bridge);
    }

    [Fact]
    public void A_killswitch_whose_subnet_another_network_has_is_skipped()
    {
        _session.Given(
            $"New-TailSplitKillswitch games; Export-TailSplitPolicy -Path {_folder["p.json"]}; Remove-TailSplitPolicy *");
        _session.Host.Remove(UsualHost.Games);
        _session.Host.Add(new FakeNetwork("heir") { Subnet = UsualHost.Games.Subnet });

        Answer answer = _session.Run($"Import-TailSplitPolicy {_folder["p.json"]}").AssertNoErrors();

        Assert.Contains("'heir'", Assert.Single(answer.Warnings), StringComparison.Ordinal);
        Assert.Empty(Names());
    }

    [Fact]
    public void A_killswitch_of_which_nothing_is_known_is_an_error()
    {
        string path = Write(
            """{ "version": 1, "policies": [ { "name": "a", "kind": "killswitch", "network": "gone" } ] }""");

        Assert.Equal("a", _session.Run($"Import-TailSplitPolicy {path}").AssertError(
            "NetworkGone", ErrorCategory.ObjectNotFound).TargetObject);
    }

    [Fact]
    public void Without_docker_killswitches_hold_where_they_were_last_known_but_none_is_moved_there()
    {
        _session.Given(
            $"New-TailSplitKillswitch torrents, games; Export-TailSplitPolicy -Path {_folder["p.json"]}; Remove-TailSplitPolicy torrents");
        _session.Host.Remove(UsualHost.Games);
        FakeNetwork again = UsualHost.Games with { Incarnation = 1 };
        _session.Host.Add(again);
        _session.Given($"New-TailSplitKillswitch games");
        _session.Host.Docker.IsRunning = false;

        _session.Run($"Import-TailSplitPolicy {_folder["p.json"]}")
            .AssertError("DockerUnavailable", ErrorCategory.ResourceUnavailable);

        Assert.Equal(["games", "torrents"], Names());
        Assert.Equal(again.Bridge, Policy("games").Bridge);
    }

    [Fact]
    public void A_file_of_subnets_alone_needs_no_docker()
    {
        _session.Host.Missing.Add("docker");
        string path = Write(
            """{ "version": 1, "policies": [ { "name": "lab", "kind": "killswitch", "bridge": "br-lab", "subnets": [ "10.99.0.0/16" ] } ] }""");

        _session.Run($"Import-TailSplitPolicy {path}").AssertNoErrors();
    }

    [Theory]
    [InlineData("{ \"version\": 1, \"policies\": [", "MalformedPolicyFile", ErrorCategory.InvalidData)]
    [InlineData("{ \"version\": 9, \"policies\": [] }", "UnknownPolicyFileVersion", ErrorCategory.InvalidData)]
    [InlineData("{ \"version\": 1, \"policies\": [], \"x\": 1 }", "UnknownPolicyField", ErrorCategory.InvalidData)]
    [InlineData("{ \"version\": 1, \"policies\": 1 }", "InvalidPolicyField", ErrorCategory.InvalidData)]
    public void A_file_that_is_wrong_is_an_error_that_names_it_and_changes_nothing(
        string text, string id, ErrorCategory category)
    {
        string path = Write(text);

        ErrorRecord error = _session.Run($"Import-TailSplitPolicy {path} -Force").AssertError(id, category);

        Assert.Equal(path, error.TargetObject);
        Assert.Equal(0, _session.Host.Writes);
    }

    [Fact]
    public void A_file_that_does_not_exist_is_an_error() =>
        _session.Run($"Import-TailSplitPolicy {_folder["none"]}")
            .AssertError("PolicyFileNotFound", ErrorCategory.ObjectNotFound);

    [Fact]
    public void A_folder_is_not_a_file() =>
        _session.Run($"Import-TailSplitPolicy {_folder.Path}")
            .AssertError("PolicyFileUnreadable", ErrorCategory.ResourceUnavailable);

    [Fact]
    public void A_file_that_is_too_large_is_not_read()
    {
        string path = Write("");
        using (FileStream file = File.OpenWrite(path))
            file.SetLength(5_000_000);

        _session.Run($"Import-TailSplitPolicy {path}").AssertError("PolicyFileTooLarge", ErrorCategory.InvalidData);
    }

    [Theory]
    [InlineData(UnixFileMode.GroupWrite)]
    [InlineData(UnixFileMode.OtherWrite)]
    public void A_file_that_others_can_write_is_refused(UnixFileMode bit)
    {
        string path = Write(Both);
        TemporaryFolder.Chmod(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | bit);

        _session.Run($"Import-TailSplitPolicy {path}")
            .AssertError("UntrustedPolicyFile", ErrorCategory.PermissionDenied);
        Assert.Empty(Names());
    }

    [Fact]
    public void A_file_in_a_folder_that_others_can_write_is_refused_unless_it_is_sticky()
    {
        const UnixFileMode everybody =
            UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute | UnixFileMode.OtherRead
            | UnixFileMode.OtherWrite | UnixFileMode.OtherExecute;
        string path = Write(Both);
        TemporaryFolder.Chmod(_folder.Path, everybody);

        _session.Run($"Import-TailSplitPolicy {path}")
            .AssertError("UntrustedPolicyFile", ErrorCategory.PermissionDenied);
        TemporaryFolder.Chmod(_folder.Path, everybody | UnixFileMode.StickyBit);
        _session.Run($"Import-TailSplitPolicy {path}").AssertNoErrors();
    }

    [Fact]
    public void Several_files_from_the_pipeline_are_one_transaction_and_an_invalid_one_stops_none()
    {
        string good = Write(Both);
        string bad = _folder.Write("bad.json", "{");

        _session.Run($"'{bad}', '{good}' | Import-TailSplitPolicy")
            .AssertError("MalformedPolicyFile", ErrorCategory.InvalidData);

        Assert.Equal(["lab", "media", "shut"], Names());
    }

    private string Write(string text) => _folder.Write("policy.json", text);

    private TailSplitPolicy Policy(string name) =>
        Assert.Single(_session.Run($"Get-TailSplitPolicy {name}").AssertNoErrors().Policies);

    private IEnumerable<string> Names() =>
        _session.Run("Get-TailSplitPolicy").AssertNoErrors().Policies.Select(policy => policy.Name);
}
