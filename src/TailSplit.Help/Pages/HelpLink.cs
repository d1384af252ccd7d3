namespace TailSplit.Help.Pages;

/// <summary>A related link: another page, or a URL.</summary>
internal sealed record HelpLink(string Text, string Target)
{
    /// <summary>Whether the target is a page of this module, which Get-Help finds by its name.</summary>
    public bool IsPage => !Uri.IsWellFormedUriString(Target, UriKind.Absolute);
}
