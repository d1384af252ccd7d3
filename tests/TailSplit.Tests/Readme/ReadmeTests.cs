using System.Management.Automation.Language;
using TailSplit.Tests.Engine.Hosting;
using TailSplit.Tests.Fakes;
using TailSplit.Tests.Fakes.Docker;
using TailSplit.Tests.Guidelines;
using Xunit;

namespace TailSplit.Tests.Readme;

/// <summary>Every command that the pages tell people to type works as it stands there.</summary>
public sealed class ReadmeTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("tailsplit-readme-");
    private readonly Session _session = new(
        UsualHost.Create().Add(new FakeNetwork("lab") { Subnet = ["172.30.0.0/16"], BridgeName = "br-lab" }));

    public static TheoryData<string> Pages { get; } = ["README.md", "docs/fleet.md", "docs/recipes.md"];

    public void Dispose()
    {
        _session.Dispose();
        _folder.Delete(recursive: true);
    }

    [Fact]
    public void The_commands_of_the_readme_run_one_after_the_other_and_leave_the_host_as_it_was()
    {
        string before = _session.Host.Rules;
        CodeBlock[] blocks =
            [.. Page.Blocks("README.md").Where(block => block is { Language: "powershell", Elsewhere: null })];

        Assert.True(blocks.Length >= 5);
        foreach (CodeBlock block in blocks)
        {
            foreach (string statement in Statements(block.Code))
                _session.Run(Here(statement)).AssertNoErrors();
        }

        Assert.Equal(before, _session.Host.Rules);
        Assert.StartsWith(
            "<svg ", File.ReadAllText(Path.Combine(_folder.FullName, "map.svg")), StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Pages))]
    public void What_is_not_run_here_is_run_by_a_file_that_is_there(string page) => Assert.All(
        Page.Blocks(page).Select(block => block.Elsewhere).OfType<string>(),
        file => Assert.True(File.Exists(Path.Combine(SourceTree.Root, file)), file));

    [Theory]
    [MemberData(nameof(Pages))]
    public void Every_block_is_powershell_that_can_be_parsed(string page) => Assert.All(
        Page.Blocks(page).Where(block => block.Language == "powershell"),
        block =>
        {
            Parser.ParseInput(block.Code, out _, out ParseError[] errors);
            Assert.Empty(errors);
        });

    [Theory]
    [MemberData(nameof(Pages))]
    public void Every_link_of_a_page_leads_to_an_existing_file(string page) => Assert.All(Page.Links(page), target => Assert.True(
        Path.Exists(Path.Combine(SourceTree.Root, Path.GetDirectoryName(page)!, target)), target));

    [Fact]
    public void The_introduction_lists_every_cmdlet() => Assert.All(
        CmdletTests.All.Select(row => row.Data.Name[..^"Command".Length]),
        name => Assert.Matches(
            $"(?m)^\\| `{string.Concat(name.TakeWhile((c, i) => i == 0 || char.IsLower(c)))}-{string.Concat(name.SkipWhile((c, i) => i == 0 || char.IsLower(c)))}` \\|",
            Page.Text("docs/en-US/about_TailSplit.md")));

    private static IEnumerable<string> Statements(string code) =>
        Parser.ParseInput(code, out _, out _).EndBlock.Statements.Select(statement => statement.Extent.Text);

    // Files of the examples are kept in a folder of the test's own.
    private string Here(string statement) => statement
        .Replace("/etc/tailsplit/", $"{_folder.FullName}/", StringComparison.Ordinal)
        .Replace(" map.svg", $" {_folder.FullName}/map.svg", StringComparison.Ordinal);
}
