using Xunit;

namespace TailSplit.Tests.Shell;

public sealed class CommandTests(TestModule module) : IClassFixture<TestModule>
{
    [Theory]
    [InlineData("-Command")]
    [InlineData("-c")]
    [InlineData("--command")]
    [InlineData("-COMMAND")]
    public async Task A_command_is_run_and_its_objects_are_formatted(string option)
    {
        ShellResult result = await ShellProcess.Run(module, "", option, "1 + 1; 'two'");

        Assert.Equal(new(0, "2\ntwo\n", ""), result);
    }

    [Fact]
    public async Task The_rest_of_the_command_line_is_joined_by_blanks()
    {
        ShellResult result = await ShellProcess.Run(
            module, "", "-NoLogo", "-NoProfile", "-NonInteractive", "-Command", "'a'", "+", "'-b c'");

        Assert.Equal(new(0, "a-b c\n", ""), result);
    }

    [Fact]
    public async Task A_dash_reads_the_script_from_stdin()
    {
        ShellResult result = await ShellProcess.Run(module, "if ($true)\n{ 'yes' }\nelse { 'no' }\n", "-Command", "-");

        Assert.Equal(new(0, "yes\n", ""), result);
    }

    [Theory]
    [InlineData("'fine'", 0)]
    [InlineData("Get-LostThing", 1)]
    [InlineData("Get-LostThing; 'fine'", 0)]
    [InlineData("'fine'; Get-LostThing", 1)]
    [InlineData("$null.Nothing()", 1)]
    [InlineData("throw 'up'", 1)]
    [InlineData("No-SuchCommand", 1)]
    [InlineData("1 +* 2", 1)]
    [InlineData("if (", 1)]
    [InlineData("exit", 0)]
    [InlineData("exit 7; 'never'", 7)]
    [InlineData("Get-LostThing; exit 0", 0)]
    [InlineData("/bin/sh -c 'exit 3'", 1)]
    [InlineData("/bin/sh -c 'exit 3'; exit $LASTEXITCODE", 3)]
    [InlineData("try { throw 'up' } catch { 'caught' }", 0)]
    public async Task The_exit_code_is_that_of_pwsh(string command, int exitCode)
    {
        ShellResult result = await ShellProcess.Run(module, "", "-Command", command);

        Assert.Equal(exitCode, result.ExitCode);
        Assert.DoesNotContain("never", result.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_engine_is_new_enough_for_the_module()
    {
        ShellResult result = await ShellProcess.Run(
            module, "", "-Command", "$PSVersionTable.PSVersion -ge '7.6.0'; $env:POWERSHELL_TELEMETRY_OPTOUT");

        Assert.Equal(["True", "1"], result.OutputLines);
    }
}
