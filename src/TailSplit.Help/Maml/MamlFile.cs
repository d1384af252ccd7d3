using System.Xml.Linq;
using TailSplit.Help.Pages;

namespace TailSplit.Help.Maml;

/// <summary>The help file of a module: an entry for each cmdlet.</summary>
internal static class MamlFile
{
    public static XDocument Of(IEnumerable<(CmdletShape Cmdlet, HelpPage Page)> pages) => new(
        new XDeclaration("1.0", "utf-8", null),
        new XElement(
            MamlNames.Root + "helpItems",
            new XAttribute("schema", "maml"),
            new XAttribute(XNamespace.Xmlns + "maml", MamlNames.Common),
            new XAttribute(XNamespace.Xmlns + "command", MamlNames.Command),
            new XAttribute(XNamespace.Xmlns + "dev", MamlNames.Dev),
            pages.Select(page => new MamlCommand(page.Cmdlet, page.Page).ToElement())));
}
