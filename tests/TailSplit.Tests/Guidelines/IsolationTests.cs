using Xunit;

namespace TailSplit.Tests.Guidelines;

/// <summary>
/// CliWrap stays out of everybody else's way: in a load context of the module's own, and only once it is needed.
/// </summary>
public sealed class IsolationTests(IsolatedModule module) : IClassFixture<IsolatedModule>
{
    [Fact]
    public void Cliwrap_is_not_loaded_by_the_import() => Assert.Equal(
        ["TailSplit.Core=Default", "TailSplit=Default"], Assemblies("imported"));

    [Theory]
    [InlineData("used")]
    [InlineData("forced")]
    [InlineData("again")]
    public void Once_used_execution_and_cliwrap_are_in_the_modules_own_context_and_nothing_is_there_twice(
        string moment) => Assert.Equal(
            ["CliWrap=TailSplit", "TailSplit.Core=Default", "TailSplit.Execution=TailSplit", "TailSplit=Default"],
            Assemblies(moment));

    [Theory]
    [InlineData("used")]
    [InlineData("forced")]
    [InlineData("again")]
    public void Cmdlets_work_or_fail_by_an_error_of_their_own(string moment) => Assert.All(
        module.At(moment).Where(line => line.StartsWith("failed", StringComparison.Ordinal)),
        line => Assert.Contains(
            line, (string[])
            [
                "failed with DockerUnavailable,TailSplit.Commands.GetDockerNetworkCommand",
                "failed with NotInstalled,TailSplit.Commands.GetDockerNetworkCommand",
            ]));

    [Fact]
    public void The_manifest_gives_every_cmdlet_and_the_file_of_all_formats() => Assert.Contains(
        $"{CmdletTests.All.Count} cmdlets, 1 formats", module.At("imported"));

    [Fact]
    public void A_module_that_was_removed_leaves_no_command_behind() =>
        Assert.Equal(["0 cmdlets"], module.At("removed"));

    private IEnumerable<string> Assemblies(string moment) =>
        module.At(moment).Where(line => line.Contains('=', StringComparison.Ordinal));
}
