using System.Text.Json;
using TailSplit.Core.Json;

namespace TailSplit.Core.Tailscale;

/// <summary>Reads <c>tailscale debug prefs</c> (tailscale ipn/prefs.go: Prefs).</summary>
public static class TailscalePrefsJson
{
    /// <exception cref="TailSplitException">UnreadableOutput.</exception>
    public static TailscalePrefs Parse(string json) => JsonText.Read("tailscale debug prefs", json, Read);

    private static TailscalePrefs Read(JsonElement element) => new()
    {
        WantsExitNode = ((string[])["ExitNodeID", "ExitNodeIP", "AutoExitNode"]).Any(
            name => element.Text(name) is { Length: > 0 }),
        AllowLanAccess = element.Flag("ExitNodeAllowLANAccess"),
        AcceptRoutes = element.Flag("RouteAll"),
        MagicDns = element.Flag("CorpDNS"),
        NetfilterMode = element.Property("NetfilterMode")?.GetInt32() switch
        {
            0 => NetfilterMode.Off,
            1 => NetfilterMode.NoDivert,
            _ => NetfilterMode.On,
        },
        // An opt.Bool: absent or null if it is not set, which means off.
        StatefulFiltering = element.Truth("NoStatefulFiltering") == false,
    };
}
