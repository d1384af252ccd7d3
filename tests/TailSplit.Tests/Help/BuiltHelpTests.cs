using TailSplit.Tests.Guidelines;
using Xunit;

namespace TailSplit.Tests.Help;

/// <summary>Get-Help finds what the build has made, in a PowerShell of its own; tests/Pester looks at the rest.</summary>
public sealed class BuiltHelpTests
{
    [Fact]
    public async Task Every_cmdlet_has_its_words_its_syntax_and_its_examples()
    {
        string[] lines = await ChildPowerShell.RunAsync("""
            foreach ($command in Get-Command -Module TailSplit) {
                $help = Get-Help $command.Name -Full
                "$($command.Name)|$($help.Synopsis)|$($help.syntax.syntaxItem.Count)|$($help.examples.example.Count)"
            }
            """);

        Assert.Equal(
            Pages.Cmdlets.Values.Where(cmdlet => Pages.Names.Contains(cmdlet.Name)).Select(cmdlet =>
                $"{cmdlet.Name}|{Pages.Of(cmdlet.Name).Synopsis[0]}|{cmdlet.ParameterSets.Length}|{Pages.Of(cmdlet.Name).Examples.Length}")
                .Order(StringComparer.Ordinal),
            lines.Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task The_topics_are_found_by_their_names()
    {
        string[] lines = await ChildPowerShell.RunAsync(
            "Get-Help about_TailSplit* | ForEach-Object { \"$($_.Name)|$($_.Synopsis)\" }");

        Assert.Equal(
            Pages.Topics.Order(StringComparer.Ordinal),
            lines.Select(line => line.Split('|')[0]).Order(StringComparer.Ordinal));
        Assert.All(lines, line => Assert.EndsWith(".", line, StringComparison.Ordinal));
    }
}
