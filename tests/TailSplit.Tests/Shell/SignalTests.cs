using Xunit;

namespace TailSplit.Tests.Shell;

public sealed class SignalTests(TestModule module) : IClassFixture<TestModule>
{
    [Theory]
    [InlineData("INT", 130)]
    [InlineData("TERM", 143)]
    public async Task A_signal_stops_the_command_which_tidies_up_first(string signal, int exitCode)
    {
        using ShellProcess shell = ShellProcess.Start(module, "-Command", "Wait-Thing; 'never'");
        await shell.ReadUntil("waiting\n");

        await shell.Signal(signal);

        Assert.Equal(new(exitCode, "tidied up\n", ""), await shell.End());
    }

    [Fact]
    public async Task A_question_can_be_interrupted()
    {
        using ShellProcess shell = ShellProcess.Start(module, "-Command", "'asking'; Remove-Thing a; 'never'");
        await shell.ReadUntil("asking\n");

        // The question itself is on stderr.
        await Task.Delay(500, TestContext.Current.CancellationToken);
        await shell.Signal("INT");

        ShellResult result = await shell.End();
        Assert.Equal((130, ""), (result.ExitCode, result.Output));
    }

    [Theory]
    [InlineData("INT")]
    [InlineData("TERM")]
    public async Task A_session_ends_when_its_statement_is_stopped(string signal)
    {
        using ShellProcess shell = ShellProcess.Start(module);
        await shell.Send("Wait-Thing\n'never'\n");
        await shell.ReadUntil("waiting\n");

        await shell.Signal(signal);

        ShellResult result = await shell.End();
        Assert.Equal(signal == "INT" ? 130 : 143, result.ExitCode);
        Assert.Equal("tidied up\n", result.Output);
    }

    [Fact]
    public async Task A_session_that_waits_for_input_can_be_interrupted()
    {
        using ShellProcess shell = ShellProcess.Start(module);
        await shell.Send("'ready'\n");
        await shell.ReadUntil("ready\n");

        await shell.Signal("INT");

        Assert.Equal(130, (await shell.End()).ExitCode);
    }
}
