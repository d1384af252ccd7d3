using Xunit;

namespace TailSplit.Tests.Shell;

public sealed class SessionTests(TestModule module) : IClassFixture<TestModule>
{
    [Fact]
    public async Task Each_statement_is_answered_before_the_next_is_sent()
    {
        using ShellProcess shell = ShellProcess.Start(module);

        await shell.Send("$x = 20\n$x + 1\n");
        Assert.Equal("21\n", await shell.ReadUntil("\n"));
        await shell.Send("function Double { $args[0] * 2 }\nDouble $x\n");
        Assert.Equal("40\n", await shell.ReadUntil("\n"));

        Assert.Equal(new(0, "", ""), await shell.Finish());
    }

    [Fact]
    public async Task Statements_of_many_lines_are_collected_until_they_are_complete()
    {
        const string Input = """
            foreach ($i in 1..2)
            {

                "line $i"
            }
            @"
            here $(1 +
            2)
            "@
            'a', 'b' |
                Where-Object { $_ -eq 'b' }
            'one ' + `
                'two'
            # only a comment

            'done'
            """;

        ShellResult result = await ShellProcess.Run(module, Input);

        Assert.Equal(new(0, "line 1\nline 2\nhere 3\nb\none two\ndone\n", ""), result);
    }

    [Fact]
    public async Task An_error_does_not_end_the_session_and_is_seen_by_the_next_statement()
    {
        ShellResult result = await ShellProcess.Run(module, "throw 'up'\n$?\nGet-LostThing\n$?\n$?\n1 +* 2\n'on'\n");

        Assert.Equal(["False", "False", "True", "on"], result.OutputLines);
        Assert.Contains("up", result.Error, StringComparison.Ordinal);
        Assert.Equal(0, result.ExitCode);
    }

    [Theory]
    [InlineData("'first'\nexit 9\n'never'\n", 9)]
    [InlineData("'first'\nquit\n'never'\n", 0)]
    [InlineData("'first'\nEXIT\n'never'\n", 0)]
    [InlineData("'first'\nGet-LostThing\n", 1)]
    [InlineData("'first'\nif (", 1)]
    public async Task A_session_ends_by_exit_or_with_its_input(string input, int exitCode)
    {
        ShellResult result = await ShellProcess.Run(module, input);

        Assert.Equal("first\n", result.Output);
        Assert.Equal(exitCode, result.ExitCode);
    }

    [Fact]
    public async Task Output_of_native_programs_stays_in_its_place()
    {
        ShellResult result = await ShellProcess.Run(module, "'one'; /bin/echo two; 'three'\n/bin/echo four\n'five'\n");

        Assert.Equal(["one", "two", "three", "four", "five"], result.OutputLines);
    }
}
