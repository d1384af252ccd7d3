using System.Management.Automation.Language;
using TailSplit.Help.Pages;
using TailSplit.Tests.Engine.Hosting;
using Xunit;

namespace TailSplit.Tests.Help;

/// <summary>The examples of the help work as they are printed: each is run, dry, on a usual host.</summary>
public sealed class ExampleTests : IDisposable
{
    private static readonly HashSet<string> s_others = new(["Where-Object", "ForEach-Object"], StringComparer.OrdinalIgnoreCase);

    private readonly Session _session = new();

    /// <summary>Examples that need nothing beyond the engine itself; the Pester tests run all.</summary>
    public static TheoryData<string, int> All { get; } = [.. Pages.Cmdlets.Keys
        .Order(StringComparer.Ordinal)
        .Where(name => Pages.Names.Contains(name))
        .SelectMany(name => Pages.Of(name).Examples.Select((example, index) => (name, index, example)))
        .Where(row => IsForTheEngine(row.example))
        .Select(row => (row.name, row.index + 1))];

    public void Dispose() => _session.Dispose();

    [Theory]
    [MemberData(nameof(All))]
    public void An_example_runs_without_an_error_and_writes_nothing_when_dry(string name, int number)
    {
        // What makes a policy is shown on a host without one, what looks at policies or ends them on a host with two.
        if (!name.StartsWith("New-", StringComparison.Ordinal))
            _session.Given($"New-TailSplitBypass media; New-TailSplitKillswitch torrents");

        string before = _session.Host.Rules;
        string code = Pages.Of(name).Examples[number - 1].Code;

        _session.Run($"$WhatIfPreference = $true\n{code}\n").AssertNoErrors();

        Assert.Equal(0, _session.Host.Writes);
        Assert.Equal(before, _session.Host.Rules);
    }

    [Fact]
    public void Most_examples_are_run() =>
        Assert.True(All.Count >= 3 * Pages.Cmdlets.Count, $"{All.Count} examples of {Pages.Cmdlets.Count} cmdlets");

    private static bool IsForTheEngine(HelpExample example) => Parser
        .ParseInput(example.Code, out _, out ParseError[] errors)
        .FindAll(ast => ast is CommandAst, searchNestedScriptBlocks: true)
        .Cast<CommandAst>()
        .All(command => errors.Length == 0
            && (Pages.Cmdlets.ContainsKey(command.GetCommandName()) || s_others.Contains(command.GetCommandName())));
}
