using System.Management.Automation.Language;
using TailSplit.Help.Pages;
using TailSplit.Tests.Engine.Hosting;
using Xunit;

namespace TailSplit.Tests.Help;

/// <summary>The examples of the help work as they are printed: each is run, dry, on a usual host.</summary>
public sealed class ExampleTests : IDisposable
{
    private static readonly HashSet<string> s_others = new(
        ["Where-Object", "ForEach-Object"], StringComparer.OrdinalIgnoreCase);

    // What the examples keep in a file is kept there; here it is a folder of the test's own.
    private const string FolderOfExamples = "/srv/";

    private readonly Session _session = new();
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("tailsplit-examples-");

    /// <summary>Examples that need nothing beyond the engine itself; the Pester tests run all.</summary>
    public static TheoryData<string, int> All { get; } = [.. Pages.Cmdlets.Keys
        .Order(StringComparer.Ordinal)
        .Where(name => Pages.Names.Contains(name))
        .SelectMany(name => Pages.Of(name).Examples.Select((example, index) => (name, index, example)))
        .Where(row => IsForTheEngine(row.example))
        .Select(row => (row.name, row.index + 1))];

    public void Dispose()
    {
        _session.Dispose();
        _folder.Delete(recursive: true);
    }

    [Theory]
    [MemberData(nameof(All))]
    public void An_example_runs_without_an_error_and_writes_nothing_when_dry(string name, int number)
    {
        // What makes a policy is shown on a host without one, what looks at policies or ends them on a host with two.
        string file = Path.Combine(_folder.FullName, "policies.json");
        _session.Given($"New-TailSplitBypass media; New-TailSplitKillswitch torrents");
        File.WriteAllText(file, Assert.Single(_session.Run("Export-TailSplitPolicy").AssertNoErrors().Of<string>()));
        // The other system whose image is written to.
        _folder.CreateSubdirectory("image/etc/systemd/system");
        _session.Host.Forget();
        if (name.StartsWith("New-", StringComparison.Ordinal))
            _session.Given($"Remove-TailSplitPolicy *");

        string before = _session.Host.Rules;
        string code = Pages.Of(name).Examples[number - 1].Code.Replace(
            FolderOfExamples, $"{_folder.FullName}/", StringComparison.Ordinal);

        // What runs until it is stopped is stopped by whoever reads on, after its first object.
        if (name.StartsWith("Watch-", StringComparison.Ordinal))
            code = $"do {{ {code} | ForEach-Object {{ break }} }} until ($true)";

        _session.Run($"$WhatIfPreference = $true\n{code}\n").AssertNoErrors();

        Assert.Equal(0, _session.Host.Writes);
        Assert.Equal(before, _session.Host.Rules);
        Assert.Equal([file], Directory.GetFiles(_folder.FullName));
    }

    [Theory]
    [MemberData(nameof(PageTests.All), MemberType = typeof(PageTests))]
    public void At_least_three_of_each_cmdlet_are_run(string name) =>
        Assert.True(Pages.Of(name).Examples.Count(IsForTheEngine) >= 3);

    private static bool IsForTheEngine(HelpExample example) => Parser
        .ParseInput(example.Code, out _, out ParseError[] errors)
        .FindAll(ast => ast is CommandAst, searchNestedScriptBlocks: true)
        .Cast<CommandAst>()
        .All(command => errors.Length == 0
            && (Pages.Cmdlets.ContainsKey(command.GetCommandName()) || s_others.Contains(command.GetCommandName())));
}
