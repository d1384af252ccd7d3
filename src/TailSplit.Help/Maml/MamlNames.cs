using System.Xml.Linq;

namespace TailSplit.Help.Maml;

/// <summary>The namespaces of MAML, as PowerShell's help reads it.</summary>
internal static class MamlNames
{
    public static XNamespace Common { get; } = "http://schemas.microsoft.com/maml/2004/10";

    public static XNamespace Command { get; } = "http://schemas.microsoft.com/maml/dev/command/2004/10";

    public static XNamespace Dev { get; } = "http://schemas.microsoft.com/maml/dev/2004/10";

    public static XNamespace Root { get; } = "http://msh";
}
