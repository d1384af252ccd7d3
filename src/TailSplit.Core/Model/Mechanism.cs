namespace TailSplit.Core.Model;

/// <summary>How a bypass escapes from Tailscale's table.</summary>
public enum Mechanism
{
    /// <summary>The packets carry Tailscale's own escape mark, which its rule 5210 sends to table main.</summary>
    Mark,

    /// <summary>An <c>ip rule</c> by input interface sends them to table main; no mark, no mangle rule.</summary>
    Route,
}
