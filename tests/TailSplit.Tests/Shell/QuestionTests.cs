using Xunit;

namespace TailSplit.Tests.Shell;

public sealed class QuestionTests(TestModule module) : IClassFixture<TestModule>
{
    private const string RemoveThree = "'a', 'b', 'c' | Remove-Thing";

    [Theory]
    [InlineData("y\nn\nyes\n", "removed a\nremoved c\n")]
    [InlineData("N\nA\n", "removed b\nremoved c\n")]
    [InlineData("\nNo to All\n", "removed a\n")]
    [InlineData("l\n", "")]
    [InlineData("what\n?\nYES TO ALL\n", "removed a\nremoved b\nremoved c\n")]
    public async Task Answers_are_read_from_stdin(string answers, string expected)
    {
        ShellResult result = await ShellProcess.Run(module, answers, "-Command", RemoveThree);

        Assert.Equal(expected, result.Output);
        Assert.Equal(0, result.ExitCode);
        Assert.Contains(
            """
            Performing the operation "Remove" on target "a".
            [Y] Yes  [A] Yes to All  [N] No  [L] No to All  [S] Suspend  [?] Help (default is "Y"): 
            """,
            result.Error,
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task Help_explains_each_answer()
    {
        ShellResult result = await ShellProcess.Run(module, "?\nN\n", "-Command", "Remove-Thing a");

        Assert.Contains("\nN - Skip this operation", result.Error, StringComparison.Ordinal);
        Assert.Empty(result.Output);
    }

    [Fact]
    public async Task In_a_session_the_answer_is_the_next_line()
    {
        ShellResult result = await ShellProcess.Run(module, "Remove-Thing a\nN\nClear-Thing\nY\n'done'\n");

        Assert.Equal(["cleared", "done"], result.OutputLines);
    }

    [Fact]
    public async Task A_suspended_command_goes_on_after_exit()
    {
        ShellResult result = await ShellProcess.Run(
            module, "$x = 1\nRemove-Thing a\nS\n\"x is $x\"\nNo-SuchCommand\nexit\nY\n'done'\n");

        Assert.Equal(["x is 1", "removed a", "done"], result.OutputLines);
        Assert.Equal(0, result.ExitCode);
    }

    [Theory]
    [InlineData("Remove-Thing a")]
    [InlineData("Clear-Thing")]
    [InlineData("Remove-Module Things -Confirm")]
    public async Task Without_an_answer_nothing_is_done_and_the_error_says_what_to_do(string command)
    {
        string script = $"$ErrorActionPreference = 'Stop'; {command}";

        ShellResult atTheEnd = await ShellProcess.Run(module, "", "-Command", script);
        ShellResult nonInteractive = await ShellProcess.Run(module, "Y\n", "-NonInteractive", "-Command", script);

        Assert.All([atTheEnd, nonInteractive], result =>
        {
            Assert.Equal(1, result.ExitCode);
            Assert.Empty(result.Output);
            string error = result.Error.ReplaceLineEndings(" ");
            Assert.Contains("needs an answer and none can be given here", error, StringComparison.Ordinal);
            Assert.Contains("use -Confirm:$false", error, StringComparison.Ordinal);
        });
        Assert.DoesNotContain("[Y] Yes", nonInteractive.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Remove-Thing a -Confirm:$false", "removed a\n")]
    [InlineData("Remove-Thing a -WhatIf", "What if: Performing the operation \"Remove\" on target \"a\".\n")]
    [InlineData("$ConfirmPreference = 'None'; Remove-Thing a", "removed a\n")]
    public async Task No_question_is_asked_where_none_is_left(string command, string expected)
    {
        Assert.Equal(new(0, expected, ""), await ShellProcess.Run(module, "", "-NonInteractive", "-Command", command));
    }

    [Fact]
    public async Task A_parameter_left_out_is_not_filled_with_the_next_statement()
    {
        ShellResult result = await ShellProcess.Run(module, "Remove-Thing -Confirm:$false\n'next'\n");

        Assert.Equal("next\n", result.Output);
        Assert.Contains("missing mandatory parameters: Name", result.Error, StringComparison.Ordinal);
    }
}
