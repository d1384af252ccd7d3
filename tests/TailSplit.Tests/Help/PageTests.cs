using TailSplit.Help.Maml;
using TailSplit.Help.Pages;
using Xunit;

namespace TailSplit.Tests.Help;

/// <summary>The page of a cmdlet tells of all that the cmdlet has, and of nothing else.</summary>
public sealed class PageTests
{
    public static TheoryData<string> All { get; } = [.. Pages.Cmdlets.Keys.Order(StringComparer.Ordinal)];

    [Fact]
    public void Every_cmdlet_has_a_page_and_every_page_a_cmdlet() =>
        Assert.Equal(Pages.Cmdlets.Keys.Order(StringComparer.Ordinal), Pages.Names.Except(Pages.Topics));

    [Theory]
    [MemberData(nameof(All))]
    public void Its_title_is_the_cmdlet(string name) => Assert.Equal(name, Pages.Of(name).Name);

    [Theory]
    [MemberData(nameof(All))]
    public void It_explains_each_parameter_and_no_other(string name)
    {
        HelpPage page = Pages.Of(name);

        // The engine's own (WhatIf, Confirm) are explained for all cmdlets alike.
        IEnumerable<string> parameters = Pages.Cmdlets[name].Parameters
            .Where(parameter => !parameter.IsEngines)
            .Select(parameter => parameter.Name);
        Assert.Equal(parameters.Order(StringComparer.Ordinal), page.Parameters.Keys.Order(StringComparer.Ordinal));
        Assert.All(page.Parameters, parameter => AssertWords(parameter.Value));
    }

    [Theory]
    [MemberData(nameof(All))]
    public void It_says_what_the_cmdlet_does(string name)
    {
        HelpPage page = Pages.Of(name);

        Assert.EndsWith(".", Assert.Single(page.Synopsis), StringComparison.Ordinal);
        AssertWords(page.Description);
        AssertWords(page.Notes);
    }

    [Theory]
    [MemberData(nameof(All))]
    public void It_has_three_examples_with_short_titles(string name)
    {
        HelpPage page = Pages.Of(name);

        Assert.True(page.Examples.Length >= 3);
        Assert.All(page.Examples, example => Assert.InRange(example.Title.Length, 3, 50));
        Assert.All(page.Examples, example => Assert.Contains(name, example.Code, StringComparison.Ordinal));
    }

    [Theory]
    [MemberData(nameof(All))]
    public void It_has_inputs_and_outputs(string name)
    {
        HelpPage page = Pages.Of(name);
        CmdletShape cmdlet = Pages.Cmdlets[name];

        Assert.Equal(cmdlet.Parameters.Any(parameter => parameter.TakesPipeline), !page.Inputs.IsEmpty);
        Assert.Equal(
            cmdlet.Outputs.Order(StringComparer.Ordinal),
            page.Outputs.Select(output => output.Name).Order(StringComparer.Ordinal));
        Assert.All(page.Inputs.Concat(page.Outputs), type => AssertWords(type.Text));
    }

    [Theory]
    [MemberData(nameof(All))]
    public void Its_links_lead_to_pages_that_there_are(string name)
    {
        HelpPage page = Pages.Of(name);

        Assert.NotEmpty(page.Links);
        Assert.All(
            page.Links.Where(link => link.IsPage),
            link => Assert.True(
                link.Target == $"{link.Text}.md" && File.Exists(Path.Combine(Pages.Folder, link.Target)), link.Text));
    }

    private static void AssertWords(IReadOnlyCollection<string> paragraphs)
    {
        Assert.NotEmpty(paragraphs);
        Assert.All(paragraphs, paragraph => Assert.False(string.IsNullOrWhiteSpace(paragraph)));
    }
}
