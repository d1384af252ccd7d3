using Xunit;

namespace TailSplit.Tests.Shell;

public sealed class ModuleLoadingTests(TestModule module) : IClassFixture<TestModule>
{
    [Fact]
    public async Task A_module_that_is_not_there_ends_with_70_and_how_to_build_it()
    {
        using ShellProcess shell = ShellProcess.Start(
            null, [new("TAILSPLIT_MODULE", "/no/such/Module.psd1")], "-Command", "'never'");

        ShellResult result = await shell.Finish();

        Assert.Equal(70, result.ExitCode);
        Assert.Empty(result.Output);
        Assert.Contains("TAILSPLIT_MODULE names '/no/such/Module.psd1'", result.Error, StringComparison.Ordinal);
        Assert.Contains("dotnet build", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_module_that_does_not_load_ends_with_70_and_the_reason()
    {
        string manifest = module.AddFile(
            "Unbuilt.psd1", "@{ RootModule = 'bin/Unbuilt.dll'; ModuleVersion = '1.0'; PowerShellVersion = '7.6' }");
        using ShellProcess shell = ShellProcess.Start(null, [new("TAILSPLIT_MODULE", manifest)], "-Command", "'never'");

        ShellResult result = await shell.Finish();

        Assert.Equal(70, result.ExitCode);
        Assert.Empty(result.Output);
        Assert.Contains("bin/Unbuilt.dll", result.Error, StringComparison.Ordinal);
        Assert.Contains("dotnet build", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_the_module_exports_is_there_at_once()
    {
        ShellResult result = await ShellProcess.Run(module, "", "-c", "(Get-Command -Module Things).Count");

        Assert.Equal("5\n", result.Output);
    }
}
