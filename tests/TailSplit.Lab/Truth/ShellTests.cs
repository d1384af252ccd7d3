namespace TailSplit.Lab.Truth;

/// <summary>The prompt on the lab's host.</summary>
[Collection(typeof(SharedTruthLab))]
public sealed class ShellTests(TruthLab truth)
{
    [Fact]
    public async Task Variables_live_from_one_script_to_the_next()
    {
        await truth.Lab.Shell.Run("$x = 40");
        ShellResult result = await truth.Lab.Shell.Run("$x + 2");
        Assert.Equal(("42\n", "", true), (result.Output, result.Error, result.Succeeded));
    }

    [Fact]
    public async Task A_script_may_have_many_lines()
    {
        ShellResult result = await truth.Lab.Shell.Run(
            """
            foreach ($n in 1..3) {
                $n * 2
            }
            """);
        Assert.Equal("2\n4\n6\n", result.Output);
    }

    [Fact]
    public async Task Errors_are_distinguished_from_output()
    {
        ShellResult result = await truth.Lab.Shell.Run("'before'; Get-Item /no/such/file");
        Assert.False(result.Succeeded);
        Assert.Equal("before\n", result.Output);
        Assert.NotEmpty(result.Error);
    }

    [Fact]
    public async Task The_shell_is_inside_the_host_and_finds_this_labs_tools()
    {
        ShellResult result = await truth.Lab.Shell.Run(
            """
            docker network ls --format '{{.Name}}'
            ip -o link show tailscale0
            iptables --version
            tailscale debug prefs
            """);
        Assert.Contains("ordinary", result.Output, StringComparison.Ordinal);
        Assert.Contains(": tailscale0:", result.Output, StringComparison.Ordinal);
        Assert.Contains("nf_tables", result.Output, StringComparison.Ordinal);
        Assert.Contains("ExitNodeAllowLANAccess", result.Output, StringComparison.Ordinal);
        Assert.Empty(result.Error);
    }

    [Fact]
    public async Task A_fresh_process_has_an_environment_of_its_own()
    {
        ShellResult result = await truth.Lab.Shell.RunOnce("$env:COLOUR", ("COLOUR", "blue"));
        Assert.Equal(("blue\n", true), (result.Output, result.Succeeded));
    }
}
