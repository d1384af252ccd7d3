using Xunit;

namespace TailSplit.Tests.Shell;

public sealed class ScriptFileTests(TestModule module) : IClassFixture<TestModule>
{
    private const string Echo = """
        param([string] $Name, [switch] $Loud, [Parameter(ValueFromRemainingArguments)] [string[]] $Rest)
        "$Name|$Loud|$($Rest -join ',')|$([IO.Path]::GetFileName($PSCommandPath))"
        """;

    [Theory]
    [InlineData("it's|False|", "it's")]
    [InlineData("a b|True|c,$d", "-Loud", "-Name", "a b", "c", "$d")]
    [InlineData("x;y|True|", "-Loud:$true", "-Name:x;y")]
    [InlineData("x|False|-5,", "-Loud:false", "-Name", "x", "-5", "")]
    public async Task Arguments_reach_the_script_as_they_are(string expected, params string[] arguments)
    {
        string path = module.AddFile("it's an echo.ps1", Echo);

        ShellResult result = await ShellProcess.Run(module, "", ["-File", path, .. arguments]);

        Assert.Equal(new(0, $"{expected}|it's an echo.ps1\n", ""), result);
    }

    [Fact]
    public async Task A_bare_path_is_a_script()
    {
        string path = module.AddFile("bare.ps1", "\"$args\"; (Get-Command Get-Thing).Name");

        ShellResult result = await ShellProcess.Run(module, "", path, "-Command", "x");

        Assert.Equal(["-Command x", "Get-Thing"], result.OutputLines);
    }

    [Theory]
    [InlineData("'fine'", 0)]
    [InlineData("exit 5", 5)]
    [InlineData("/bin/sh -c 'exit 3'; 'fine'", 0)]
    [InlineData("/bin/sh -c 'exit 3'; throw 'up'", 1)]
    [InlineData("[CmdletBinding()] param() Get-LostThing; $PSCmdlet.WriteError($Error[0])", 1)]
    [InlineData("if (", 1)]
    public async Task The_exit_code_is_what_the_script_says(string script, int exitCode)
    {
        string path = module.AddFile($"exit-{exitCode}-{script.Length}.ps1", script);

        ShellResult result = await ShellProcess.Run(module, "", "-f", path);

        Assert.Equal(exitCode, result.ExitCode);
    }
}
