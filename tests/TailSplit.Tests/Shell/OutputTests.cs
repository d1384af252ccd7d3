using Xunit;

namespace TailSplit.Tests.Shell;

public sealed class OutputTests(TestModule module) : IClassFixture<TestModule>
{
    private const string Lost = "Get-LostThing: The thing is lost.\n  Recommendation: Look under the table.\n";

    private const char Escape = '\x1b';

    [Fact]
    public async Task Only_objects_go_to_stdout()
    {
        ShellResult result = await ShellProcess.Run(
            module, "", "-Command", "$DebugPreference = 'Continue'; Get-Thing -Verbose");

        Assert.Equal(
            new(0, "thing\n", "WARNING: mind the thing\nVERBOSE: looking for the thing\nDEBUG: bits of the thing\n"),
            result);
    }

    [Fact]
    public async Task An_error_shows_its_message_and_what_to_do()
    {
        ShellResult result = await ShellProcess.Run(module, "", "-Command", "Get-LostThing");

        Assert.Equal(new(1, "", Lost), result);
    }

    [Fact]
    public async Task A_terminating_error_shows_the_same()
    {
        ShellResult result = await ShellProcess.Run(module, "", "-Command", "Get-LostThing -ErrorAction Stop; 'never'");

        Assert.Equal(new(1, "", Lost), result);
    }

    [Theory]
    [InlineData("1 +* 2", "You must provide a value expression")]
    [InlineData("if (", "ParserError: Missing condition in if statement")]
    [InlineData("throw 'up'", "Exception: up")]
    public async Task A_script_that_cannot_go_on_says_why(string command, string expected)
    {
        ShellResult result = await ShellProcess.Run(module, "", "-Command", command);

        Assert.Contains(expected, result.Error, StringComparison.Ordinal);
        Assert.Empty(result.Output);
    }

    [Theory]
    [InlineData(null, 120)]
    [InlineData("60", 60)]
    [InlineData("200", 200)]
    [InlineData("wide", 120)]
    [InlineData("0", 120)]
    public async Task Tables_are_as_wide_as_the_environment_says_or_120(string? columns, int width)
    {
        using ShellProcess shell = ShellProcess.Start(
            module,
            [new("COLUMNS", columns)],
            "-Command",
            "[pscustomobject]@{ A = 'x' * 300; B = 'y' }; $Host.UI.RawUI.BufferSize.Width");

        ShellResult result = await shell.Finish();

        Assert.Equal($"{width}", result.OutputLines[^1]);
        Assert.InRange(result.OutputLines.Max(line => line.Length), width - 1, width);
    }

    [Fact]
    public async Task There_is_no_colour_in_a_pipe()
    {
        ShellResult result = await ShellProcess.Run(
            module, "", "-Command", "[pscustomobject]@{ A = 1 }; Get-Thing -Verbose; Get-LostThing; throw 'up'");

        Assert.DoesNotContain(Escape, result.Output);
        Assert.DoesNotContain(Escape, result.Error);
    }

    [Theory]
    [InlineData("", true)]
    [InlineData("1", false)]
    public async Task On_a_terminal_NO_COLOR_has_the_last_word(string noColour, bool coloured)
    {
        using ShellProcess shell = ShellProcess.StartOnTerminal(
            module, [new("NO_COLOR", noColour)], "-c \"'begin'; [pscustomobject]@{ A = 1 }; Get-LostThing\"");

        // What System.Console tells the terminal at its start is not colour.
        await shell.ReadUntil("begin");
        ShellResult result = await shell.Finish();

        Assert.Contains("Look under the table.", result.Output, StringComparison.Ordinal);
        Assert.Equal(coloured, result.Output.Contains($"{Escape}[3", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Progress_is_shown_on_a_terminal_and_gone_when_the_command_ends()
    {
        using ShellProcess shell = ShellProcess.StartOnTerminal(module, [], "-c Get-Thing");

        ShellResult result = await shell.Finish();

        Assert.Contains("searching: half way\r\x1b[Kthing", result.Output, StringComparison.Ordinal);
    }
}
