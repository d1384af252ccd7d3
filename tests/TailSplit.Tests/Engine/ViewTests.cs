using System.Management.Automation;
using System.Reflection;
using System.Text.RegularExpressions;
using System.Xml.Linq;
using TailSplit.Tests.Engine.Hosting;
using TailSplit.Tests.Fakes;
using TailSplit.Tests.Fakes.Docker;
using TailSplit.Tests.Guidelines;
using Xunit;

namespace TailSplit.Tests.Engine;

/// <summary>How objects look on a screen: of 100 columns, where a test does not say another width.</summary>
public sealed class ViewTests : IDisposable
{
    private const string LongName = "a-network-whose-name-is-much-longer-than-any-column-of-any-table-could-be";

    private readonly Session _session = Open(columns: 100);

    public static TheoryData<Type> Types { get; } = [.. CmdletTests.All
        .Select(row => row.Data)
        .SelectMany(cmdlet => cmdlet.GetCustomAttributes<OutputTypeAttribute>())
        .SelectMany(output => output.Type)
        .Select(type => type.Type)
        .Where(type => type.Namespace!.StartsWith("TailSplit", StringComparison.Ordinal))
        .Distinct()];

    public static TheoryData<string> Commands { get; } =
    [
        "Get-DockerNetwork",
        "Get-TailSplitPolicy",
        "Get-TailSplitRule",
        "New-TailSplitBypass games -WhatIf",
        "Remove-TailSplitPolicy * -WhatIf",
        "Show-TailSplitMap",
        "Get-TailSplitEnvironment",
        "Test-TailSplitPolicy",
        "Trace-TailSplitPacket media, torrents -Destination 1.1.1.1, 192.168.1.5",
        "Register-TailSplitService -WhatIf",
    ];

    public void Dispose()
    {
        PSStyle.Instance.OutputRendering = OutputRendering.Host;
        _session.Dispose();
    }

    [Fact]
    public void The_file_of_all_views_has_those_of_every_type_as_they_are()
    {
        string[] views = [.. SourceTree.Formats.SelectMany(Views)];

        Assert.NotEmpty(views);
        Assert.Equal(views.Order(StringComparer.Ordinal), Views(SourceTree.JoinedFormats).Order(StringComparer.Ordinal));
    }

    [Theory]
    [MemberData(nameof(Types))]
    public void Each_type_that_a_cmdlet_emits_has_a_view(Type type) => Assert.Contains(
        type.FullName, SourceTree.Formats.SelectMany(format => XDocument.Load(format).Descendants("TypeName")).Select(
            name => name.Value));

    public static MatrixTheoryData<string, int> CommandsAndWidths { get; } =
        new(Commands.Select(row => row.Data), [80, 100, 140]);

    [Theory]
    [MemberData(nameof(CommandsAndWidths))]
    public void No_line_is_longer_than_the_screen_and_no_column_is_left_out(string command, int columns)
    {
        using Session session = Open(columns);

        string[] lines = Show(command, session);

        Assert.NotEmpty(lines);
        Assert.All(lines, line => Assert.InRange(line.Length, 0, columns));
        Assert.All(lines, line => Assert.DoesNotContain('\u001b', line));
        foreach (string heading in Headings(command))
            Assert.Contains(lines, line => line.Split(' ').Contains(heading));
    }

    [Theory]
    [MemberData(nameof(CommandsAndWidths))]
    public void A_line_is_broken_between_words(string command, int columns)
    {
        using Session wide = Open(columns: 400);
        using Session session = Open(columns);
        string shown = string.Join('\n', Show(command, session));
        string[] words = Regex.Replace(string.Join(' ', Show(command, wide)), " +", " ").Split(' ');

        // The map shortens a name to what fits. The names of containers have 17 columns on a screen of 80.
        int longest = command == "Get-DockerNetwork" && columns == 80 ? 17 : 39;
        Assert.All(
            words.Where(word => word.Length <= longest && !word.EndsWith('…')),
            word => Assert.Contains(word, shown, StringComparison.Ordinal));
    }

    [Theory]
    [MemberData(nameof(CommandsAndWidths))]
    public void Colours_change_no_line(string command, int columns)
    {
        using Session plain = Open(columns);
        using Session coloured = Open(columns);
        coloured.Screen.Screen.HasColour = true;

        Assert.Equal(
            Show(command, plain).Select(line => line.TrimEnd()),
            Show(command, coloured).Select(line => Regex.Replace(line, "\u001b\\[[0-9;]+m", "").TrimEnd()));
    }

    [Theory]
    [InlineData("Get-DockerNetwork")]
    [InlineData("Get-TailSplitPolicy")]
    [InlineData("Get-TailSplitRule")]
    public void No_view_truncates_text(string command)
    {
        string shown = string.Join('\n', Show(command));

        Assert.DoesNotContain('…', shown);
        Assert.DoesNotContain("...", shown, StringComparison.Ordinal);
    }

    [Fact]
    public void Policies_are_shown_with_kind_bridge_state_and_packets()
    {
        string[] lines = Show("Get-TailSplitPolicy media, torrents");

        Assert.Matches("^Name +Kind +Bridge +State +Passed +Blocked$", lines[0].TrimEnd());
        Assert.Matches("^media +Bypass +br-[0-9a-f]{12} +Active +0 +0$", lines[2].TrimEnd());
        Assert.Matches("^torrents +Killswitch +br-torrents +Active +0 +0$", lines[3].TrimEnd());
    }

    [Theory]
    [InlineData(80)]
    [InlineData(100)]
    [InlineData(140)]
    public void Networks_are_shown_with_the_policy_in_force_or_with_what_is_in_the_way_of_one(int columns)
    {
        using Session session = Open(columns);

        string[] lines = [.. Show("Get-DockerNetwork", session).Select(line => line.TrimEnd())];

        Assert.Equal("Name            Policy        Bridge          Subnet                Containers", lines[0]);
        Assert.Contains("games                         br-773fe0fdc98b 172.20.0.0/16", lines);
        Assert.Contains("torrents        Killswitch    br-torrents     172.19.0.0/16", lines);
        Assert.Contains("                                              fd00:19::/64", lines);
        Assert.Contains("host            n/a: host", lines);
        Assert.Contains("vault           n/a: internal br-b22ec14dcfbb 172.21.0.0/16", lines);
        string media = "media           Bypass        br-ef38e313eb67 172.18.0.0/16         jellyfin,";
        Assert.Contains(columns == 80 ? media : $"{media} sonarr", lines);
    }

    [Fact]
    public void A_network_whose_policy_could_not_be_read_has_a_question_mark()
    {
        _session.Host.Missing.Add("ip");

        string[] lines = [.. Show("Get-DockerNetwork").Select(line => line.TrimEnd())];

        Assert.Contains("torrents        ?             br-torrents     172.19.0.0/16", lines);
        Assert.Contains("vault           n/a: internal br-b22ec14dcfbb 172.21.0.0/16", lines);
    }

    [Fact]
    public void Rules_stand_by_policy_and_layer_each_with_its_exact_command_line()
    {
        string[] lines = Show("Get-TailSplitRule");
        string[] groups = [.. lines.Where(
            line => line.TrimStart().StartsWith("Policy: ", StringComparison.Ordinal)).Select(line => line.Trim()[8..])
                // The heading of this one goes on in the next line.
                .Where(group => !group.StartsWith(LongName, StringComparison.Ordinal))];

        Assert.Equal(groups.Distinct(), groups);
        Assert.Contains("media (Bypass), firewall", groups);
        Assert.Contains("torrents (Killswitch), ip rules", groups);
        Assert.All(
            lines, line => Assert.Matches("^(?: +Policy: |Active    ip6?t?|          |ip rules$|firewall$)", line));
        string shown = Unwrapped(lines);
        Assert.All(
            _session.Run("Get-TailSplitRule").Lines,
            rule => Assert.Contains(Unwrapped([rule]), shown, StringComparison.Ordinal));
    }

    [Fact]
    public void Changed_rules_are_grouped_by_policy_and_layer_too()
    {
        string[] groups = [.. Show("New-TailSplitBypass games").Where(
            line => line.TrimStart().StartsWith("Policy: ", StringComparison.Ordinal))];

        Assert.Equal(groups.Distinct(), groups);
    }

    [Theory]
    [InlineData("Get-DockerNetwork", "\u001b[90mn/a: internal\u001b[0m")]
    [InlineData("Get-TailSplitPolicy media", "\u001b[32mActive\u001b[0m")]
    [InlineData("Get-TailSplitRule media", "\u001b[32mActive   \u001b[0m")]
    [InlineData("New-TailSplitBypass games -WhatIf", "\u001b[36mPlanned  \u001b[0m")]
    [InlineData("Show-TailSplitMap", "\u001b[33m──▶ ISP")]
    public void A_screen_with_colours_shows_states_in_colour(string command, string expected)
    {
        _session.Screen.Screen.HasColour = true;

        string shown = string.Join('\n', Show(command));

        Assert.Contains(expected, shown, StringComparison.Ordinal);
        Assert.All(
            Regex.Replace(shown, "\u001b\\[[0-9;]+m", "").Split('\n'), line => Assert.InRange(line.Length, 0, 100));
    }

    [Fact]
    public void Plain_text_is_plain_where_the_session_asks_for_it()
    {
        _session.Screen.Screen.HasColour = true;
        PSStyle.Instance.OutputRendering = OutputRendering.PlainText;

        Assert.All(
            (string[])["Get-TailSplitPolicy", "Show-TailSplitMap"],
            command => Assert.All(Show(command), line => Assert.DoesNotContain('\u001b', line)));
    }

    private static string[] Headings(string command) => command switch
    {
        "Get-DockerNetwork" => ["Name", "Policy", "Bridge", "Subnet", "Containers"],
        "Get-TailSplitPolicy" => ["Name", "Kind", "Bridge", "State", "Passed", "Blocked"],
        "Register-TailSplitService -WhatIf" => ["State", "Path"],
        _ => [],
    };

    private static Session Open(int columns)
    {
        FakeHost host = UsualHost.Create().Add(new FakeNetwork(LongName)
        {
            Subnet = ["172.29.0.0/16", "2001:db8:1234:5678::/64"],
            Containers = [.. Enumerable.Range(1, 12).Select(i => $"container-{i}-with-a-long-name")],
        });
        return new Session(host, columns).Given(
            $"New-TailSplitBypass media -Exclude 1.1.1.1; New-TailSplitKillswitch torrents, {LongName} -AllowPublishedPort -AllowDestination 192.168.1.0/24");
    }

    private string[] Show(string command) => Show(command, _session);

    // What is shown, without the lines of ShouldProcess and the empty lines around a table.
    private static string[] Show(string command, Session session)
    {
        int before = session.Screen.Lines.Count;
        session.Run($"{command} | Out-Default").AssertNoErrors();
        return [.. session.Screen.Lines
            .Skip(before)
            .SelectMany(text => text.Split('\n'))
            .Where(line => line.Length > 0 && !line.StartsWith("What if:", StringComparison.Ordinal))];
    }

    private static IEnumerable<string> Views(string file) =>
        XDocument.Load(file).Descendants("View").Select(view => view.ToString());

    private static string Unwrapped(IEnumerable<string> lines) => Regex.Replace(string.Join(' ', lines), "\\s+", "");
}
