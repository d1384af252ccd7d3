using System.Globalization;
using System.Xml.Linq;
using TailSplit.Help.Pages;
using static TailSplit.Help.Maml.MamlNames;

namespace TailSplit.Help.Maml;

/// <summary>The help of one cmdlet: the text of its page, and the syntax of its class.</summary>
internal sealed class MamlCommand(CmdletShape cmdlet, HelpPage page)
{
    public XElement ToElement() => new(
        Command + "command",
        new XElement(
            Command + "details",
            new XElement(Command + "name", cmdlet.Name),
            new XElement(Command + "verb", cmdlet.Verb),
            new XElement(Command + "noun", cmdlet.Noun),
            Description(page.Synopsis)),
        Description(page.Description),
        new XElement(Command + "syntax", cmdlet.ParameterSets.Select(Syntax)),
        new XElement(Command + "parameters", cmdlet.Parameters.Select(Parameter)),
        new XElement(Command + "inputTypes", page.Inputs.Select(type => Typed("inputType", type))),
        new XElement(Command + "returnValues", page.Outputs.Select(type => Typed("returnValue", type))),
        new XElement(Common + "alertSet", new XElement(Common + "alert", Paragraphs(page.Notes))),
        new XElement(Command + "examples", page.Examples.Select(Example)),
        new XElement(Command + "relatedLinks", page.Links.Select(Link)));

    private XElement Syntax(ParameterSetShape set) => new(
        Command + "syntaxItem",
        new XElement(Common + "name", cmdlet.Name),
        set.Parameters.Select(Parameter));

    private XElement Parameter(ParameterShape parameter)
    {
        XElement element = new(
            Command + "parameter",
            new XAttribute("required", parameter.IsMandatory ? "true" : "false"),
            new XAttribute("variableLength", "true"),
            new XAttribute("globbing", parameter.AcceptsWildcards ? "true" : "false"),
            new XAttribute("pipelineInput", parameter.Pipeline),
            new XAttribute("position", parameter.Position?.ToString(CultureInfo.InvariantCulture) ?? "named"),
            new XAttribute("aliases", parameter.Aliases.IsEmpty ? "none" : string.Join(", ", parameter.Aliases)),
            new XElement(Common + "name", parameter.Name),
            Description(page.Parameters.GetValueOrDefault(parameter.Name, EngineParameters.TextOf(parameter.Name))));
        if (!parameter.Words.IsEmpty)
            element.Add(
                new XElement(Command + "parameterValueGroup", parameter.Words.Select(word => Value(word, "false"))));

        // A switch is shown without a value.
        if (!parameter.IsSwitch)
            element.Add(Value(parameter.TypeName, "true"));

        element.Add(Type(parameter.TypeName), new XElement(Dev + "defaultValue", parameter.Default));
        return element;
    }

    private static XElement Value(string text, string required) => new(
        Command + "parameterValue",
        new XAttribute("required", required),
        new XAttribute("variableLength", "false"),
        text);

    private static XElement Example(HelpExample example, int index) => new(
        Command + "example",
        new XElement(Common + "title", $"-------- Example {index + 1}: {example.Title} --------"),
        new XElement(Dev + "code", example.Code),
        new XElement(Dev + "remarks", Paragraphs(example.Remarks)));

    private static XElement Link(HelpLink link) => new(
        Common + "navigationLink",
        new XElement(Common + "linkText", link.Text),
        new XElement(Common + "uri", link.IsPage ? null : link.Target));

    private static XElement Typed(string name, HelpType type) => new(
        Command + name, Type(type.Name), Description(type.Text));

    private static XElement Type(string name) => new(
        Dev + "type", new XElement(Common + "name", name), new XElement(Common + "uri"));

    private static XElement Description(IEnumerable<string> paragraphs) =>
        new(Common + "description", Paragraphs(paragraphs));

    private static IEnumerable<XElement> Paragraphs(IEnumerable<string> paragraphs) =>
        paragraphs.Select(paragraph => new XElement(Common + "para", paragraph));
}
