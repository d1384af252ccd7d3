using System.Management.Automation;
using TailSplit.Core.Model;
using TailSplit.Output;
using TailSplit.Tests.Engine.Hosting;
using Xunit;

namespace TailSplit.Tests.Engine;

public sealed class ShowMapTests : IDisposable
{
    private readonly Session _session = new();
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("tailsplit-map-");

    public ShowMapTests() => _session.Host.Routes.AddRoute(IpFamily.IPv4, 254, "default", "eth0");

    public void Dispose()
    {
        _session.Dispose();
        _folder.Delete(recursive: true);
    }

    [Fact]
    public void The_map_shows_how_each_network_leaves()
    {
        _session.Given($"New-TailSplitBypass media; New-TailSplitKillswitch torrents");
        foreach (IpFamily family in IpFamilies.All)
            _session.Host.Firewall[family]
                .Count("-o tailscale0 -m comment --comment \"tailsplit killswitch torrents\" -j RETURN", 10, 1000);

        string map = Assert.Single(_session.Run("Show-TailSplitMap").AssertNoErrors().Of<TailSplitMap>()).Content;

        string[] groups = map.Split("\n\n");
        Assert.Equal("Docker host  exit node active by tailscale0, ISP by eth0", groups[0]);
        Assert.Matches("^──▶ ISP \\(eth0\\)\n(?s:.*)media +bypass +active(?s:.*)jellyfin, sonarr", groups[1]);
        Assert.Matches(
            "^──▶ Exit node \\(tailscale0\\)\n"
                + "(?s:.*)torrents +killswitch active +172.19.0.0/16 \\+1 +20 passed, 0 blocked",
            groups[2]);
        Assert.Matches("^──✕ Blocked\n(?s:.*)vault +internal", groups[3]);
        Assert.Equal(4, groups.Length);
    }

    [Fact]
    public void Without_an_exit_node_a_killswitched_network_is_shown_as_blocked_and_the_others_by_the_isp()
    {
        _session.Given($"New-TailSplitKillswitch torrents");
        _session.Host.Routes.RemoveTable(52);

        string map = _session.Run("Show-TailSplitMap").AssertNoErrors().Of<TailSplitMap>()[0].Content;

        Assert.Matches("Blocked\n(?s:.*)torrents +killswitch", map);
        Assert.DoesNotContain("Exit node (", map, StringComparison.Ordinal);
    }

    [Fact]
    public void A_policy_of_which_rules_are_gone_is_shown_as_degraded()
    {
        _session.Given($"New-TailSplitKillswitch torrents");
        _session.Host.Routes.Delete(IpFamily.IPv6, rule => rule.End == "prohibit");

        string map = _session.Run("Show-TailSplitMap").AssertNoErrors().Of<TailSplitMap>()[0].Content;

        Assert.Matches("torrents +killswitch degraded", map);
    }

    [Theory]
    [InlineData("Mermaid", "flowchart LR\n")]
    [InlineData("Svg", "<svg ")]
    public void Drawings_are_text_that_can_be_piped_on(string format, string start) => Assert.StartsWith(
        start, Assert.Single(_session.Run($"Show-TailSplitMap -As {format}").AssertNoErrors().Of<string>()),
        StringComparison.Ordinal);

    [Theory]
    [InlineData("map.svg", "", "<svg ")]
    [InlineData("map.mmd", "", "flowchart LR\n")]
    [InlineData("map.md", "", "```mermaid\n")]
    [InlineData("map.txt", "", "Docker host")]
    [InlineData("map.txt", "-As Svg", "<svg ")]
    public void A_map_is_written_to_a_file_as_its_name_says(string name, string arguments, string start)
    {
        string path = Path.Combine(_folder.FullName, name);
        File.WriteAllText(path, new string('x', 100_000));

        Assert.Empty(_session.Run($"Show-TailSplitMap '{path}' {arguments}").AssertNoErrors().Output);

        byte[] content = File.ReadAllBytes(path);
        Assert.StartsWith(start, System.Text.Encoding.UTF8.GetString(content), StringComparison.Ordinal);
        Assert.NotEqual(0xEF, content[0]);
        Assert.DoesNotContain((byte)'\r', content);
        Assert.NotEqual((byte)'x', content[^1]);
    }

    [Fact]
    public void Nothing_is_written_with_whatif()
    {
        string path = Path.Combine(_folder.FullName, "map.svg");

        Assert.Empty(_session.Run($"Show-TailSplitMap '{path}' -WhatIf").AssertNoErrors().Output);

        Assert.False(File.Exists(path));
        Assert.Contains(path, Assert.Single(_session.Screen.Lines), StringComparison.Ordinal);
    }

    [Fact]
    public void Noclobber_leaves_a_file_alone()
    {
        string path = Path.Combine(_folder.FullName, "map.svg");
        File.WriteAllText(path, "mine");

        Assert.Equal(path, _session.Run($"Show-TailSplitMap '{path}' -NoClobber").AssertError(
            "MapNotWritten", ErrorCategory.InvalidOperation).TargetObject);
        Assert.Equal("mine", File.ReadAllText(path));
    }

    [Fact]
    public void A_file_that_cannot_be_written_is_an_error_that_names_it()
    {
        string path = Path.Combine(_folder.FullName, "no", "such", "map.svg");

        Assert.Equal(path, _session.Run($"Show-TailSplitMap '{path}'").AssertError(
            "MapNotWritten", ErrorCategory.InvalidOperation).TargetObject);
    }

    [Fact]
    public void Without_docker_the_policies_are_shown_with_a_warning()
    {
        _session.Given($"New-TailSplitBypass media");
        _session.Host.Docker.IsRunning = false;

        Answer answer = _session.Run("Show-TailSplitMap").AssertNoErrors();

        Assert.Contains("only networks with a policy", Assert.Single(answer.Warnings), StringComparison.Ordinal);
        Assert.Contains("media", answer.Of<TailSplitMap>()[0].Content, StringComparison.Ordinal);
    }

    [Fact]
    public void The_host_is_only_read()
    {
        _session.Run("Show-TailSplitMap").AssertNoErrors();

        Assert.Equal(0, _session.Host.Writes);
    }
}
