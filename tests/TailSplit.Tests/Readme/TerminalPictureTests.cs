using TailSplit.Tests.Core.Goldens;
using TailSplit.Tests.Engine.Hosting;
using TailSplit.Tests.Fakes;
using Xunit;

namespace TailSplit.Tests.Readme;

/// <summary>The picture of a terminal in the README shows what the commands print.</summary>
public sealed class TerminalPictureTests
{
    private static readonly string[] s_commands =
    [
        "Get-TailSplitPolicy",
        "Trace-TailSplitPacket torrents -Destination 192.168.1.5",
        "Test-TailSplitPolicy media | Where-Object Status -ne Pass",
    ];

    [Fact]
    public void The_picture_of_the_readme_shows_what_the_commands_print()
    {
        using Session session = new(UsualHost.Create(), columns: 80);
        session.Given($"New-TailSplitBypass media; New-TailSplitKillswitch torrents");
        session.Screen.Screen.HasColour = true;
        List<string> lines = [];
        foreach (string command in s_commands)
        {
            lines.Add($"\u001b[33mPS>\u001b[0m {command}");
            int before = session.Screen.Lines.Count;
            session.Run($"{command} | Out-Default").AssertNoErrors();
            lines.AddRange(session.Screen.Lines.Skip(before).SelectMany(text => text.Split('\n')));
        }

        GoldenFile.Check("../../../docs/images/terminal.svg", TerminalPicture.Draw(WithoutDoubleGaps(lines)));
    }

    private static List<string> WithoutDoubleGaps(List<string> lines) =>
        [.. lines.Where((line, i) => line.Length > 0 || (i > 0 && lines[i - 1].Length > 0))];
}
