using TailSplit.Commands;
using TailSplit.Help.Maml;
using TailSplit.Help.Pages;
using TailSplit.Help.Text;

namespace TailSplit.Help;

/// <summary>
/// Writes the MAML file of the module's cmdlets and the text of its about topics from the Markdown pages of a folder.
/// </summary>
internal static class Program
{
    public static void Main(string[] arguments)
    {
        if (arguments is not [string source, string target])
            throw new ArgumentException(
                "Usage: TailSplit.Help <folder of Markdown pages> <folder to write to>", nameof(arguments));

        Directory.CreateDirectory(target);
        foreach (string old in Directory.EnumerateFiles(target, "about_*.help.txt"))
            File.Delete(old);

        foreach (string page in Directory.EnumerateFiles(source, "about_*.md"))
            File.WriteAllText(
                Path.Combine(target, $"{Path.GetFileNameWithoutExtension(page)}.help.txt"),
                AboutTopic.Read(page).ToText());

        // A cmdlet without a page still works. A test reports the missing page, not the build.
        IEnumerable<(CmdletShape, HelpPage)> pages = CmdletShape.AllOf(typeof(TailSplitCommand).Assembly)
            .Select(cmdlet => (Cmdlet: cmdlet, Path: Path.Combine(source, $"{cmdlet.Name}.md")))
            .Where(pair => File.Exists(pair.Path))
            .Select(pair => (pair.Cmdlet, HelpPage.Read(pair.Path)));
        MamlFile.Of(pages).Save(Path.Combine(target, "TailSplit.dll-Help.xml"));
    }
}
