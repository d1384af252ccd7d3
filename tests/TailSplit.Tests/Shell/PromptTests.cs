using Xunit;

namespace TailSplit.Tests.Shell;

public sealed class PromptTests(TestModule module) : IClassFixture<TestModule>
{
    private const string Prompt = "TailSplit> ";

    [Fact]
    public async Task On_a_terminal_there_is_a_prompt_until_the_end_of_input()
    {
        using ShellProcess shell = ShellProcess.StartOnTerminal(module, [new("NO_COLOR", "1")]);

        await shell.ReadUntil(Prompt);
        await shell.Send("if (1) {\n");
        await shell.ReadUntil(">> ");
        await shell.Send("6 * 7 }\n");
        Assert.Contains("42", await shell.ReadUntil(Prompt), StringComparison.Ordinal);
        await shell.Send("No-SuchCommand\n");
        await shell.ReadUntil(Prompt);
        await shell.Send("\x04");

        Assert.Equal(0, (await shell.End()).ExitCode);
    }

    [Fact]
    public async Task Control_C_leads_back_to_the_prompt_from_wherever_it_is_typed()
    {
        using ShellProcess shell = ShellProcess.StartOnTerminal(module, [new("NO_COLOR", "1")]);

        await shell.ReadUntil(Prompt);
        await shell.Send("half a line\x03");
        await shell.ReadUntil(Prompt);
        await shell.Send("if (1) {\n");
        await shell.ReadUntil(">> ");
        await shell.Send("\x03");
        await shell.ReadUntil(Prompt);
        await shell.Send("Wait-Thing\n");
        await shell.ReadUntil("waiting");
        await shell.Send("\x03");
        Assert.Contains("tidied up", await shell.ReadUntil(Prompt), StringComparison.Ordinal);
        await shell.Send("Remove-Thing a\n");
        await shell.ReadUntil("\"Y\"): ");
        await shell.Send("\x03");
        Assert.DoesNotContain("removed", await shell.ReadUntil(Prompt), StringComparison.Ordinal);
        await shell.Send("exit 6\n");

        Assert.Equal(6, (await shell.End()).ExitCode);
    }

    [Fact]
    public async Task On_a_terminal_parameters_left_out_are_asked_for()
    {
        using ShellProcess shell = ShellProcess.StartOnTerminal(module, [new("NO_COLOR", "1")]);

        await shell.ReadUntil(Prompt);
        await shell.Send("Remove-Thing -Confirm:$false\n");
        await shell.ReadUntil("Name: ");
        await shell.Send("this\n");

        Assert.Contains("removed this", await shell.ReadUntil(Prompt), StringComparison.Ordinal);
        await shell.Send("quit\n");
        Assert.Equal(0, (await shell.End()).ExitCode);
    }
}
