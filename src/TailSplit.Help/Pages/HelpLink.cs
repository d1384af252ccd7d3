namespace TailSplit.Help.Pages;

/// <summary>Where to read on: another page, or an address.</summary>
internal sealed record HelpLink(string Text, string Target)
{
    /// <summary>Whether the target is a page of this module, which Get-Help finds by its name.</summary>
    public bool IsPage => !Uri.IsWellFormedUriString(Target, UriKind.Absolute);
}
