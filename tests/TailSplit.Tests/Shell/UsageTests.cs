using Xunit;

namespace TailSplit.Tests.Shell;

public sealed class UsageTests(TestModule module) : IClassFixture<TestModule>
{
    [Theory]
    [InlineData("-Help")]
    [InlineData("--help")]
    [InlineData("-h")]
    public async Task Help_is_printed_without_a_module(string option)
    {
        ShellResult result = await ShellProcess.Run(null, "", option);

        Assert.Equal(0, result.ExitCode);
        Assert.Contains("Usage: TailSplit.Shell", result.Output, StringComparison.Ordinal);
        Assert.Contains("stderr, unlike in pwsh", result.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_version_names_the_engine_too()
    {
        ShellResult result = await ShellProcess.Run(null, "", "-Version");

        Assert.Matches(@"\ATailSplit\.Shell \d+\.\d+\.\d+ \(PowerShell 7\.6\.\d+\)\n\z", result.Output);
    }

    [Theory]
    [InlineData("-Nonsense")]
    [InlineData("-Command")]
    [InlineData("-File")]
    [InlineData("-File", "/no/such/script.ps1")]
    [InlineData("/no/such/script.ps1")]
    [InlineData("-NoLogo", "-NonInteractive", "-Nonsense", "-Command", "1")]
    public async Task An_unusable_command_line_ends_with_64_and_one_line_on_stderr(params string[] arguments)
    {
        ShellResult result = await ShellProcess.Run(module, "", arguments);

        Assert.Equal(64, result.ExitCode);
        Assert.Empty(result.Output);
        Assert.Matches(@"\ATailSplit\.Shell: [^\n]+\.\n\z", result.Error);
    }
}
