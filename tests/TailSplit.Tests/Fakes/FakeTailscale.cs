using System.Text.Json;
using System.Text.Json.Nodes;
using TailSplit.Execution.Programs;

namespace TailSplit.Tests.Fakes;

/// <summary>tailscaled, and the program <c>tailscale</c> as far as it only asks.</summary>
internal sealed class FakeTailscale
{
    private static readonly JsonSerializerOptions s_indented = new() { WriteIndented = true };

    public bool IsRunning { get; set; } = true;

    public string BackendState { get; set; } = "Running";

    public bool Tun { get; set; } = true;

    /// <summary>Whether an exit node is chosen.</summary>
    public bool ExitNode { get; set; } = true;

    public bool ExitNodeOnline { get; set; } = true;

    /// <summary>The default routes of the chosen exit node that are approved; none once it was withdrawn.</summary>
    public string[] ExitNodeRoutes { get; set; } = ["0.0.0.0/0", "::/0"];

    /// <summary>The subnet routes of another peer.</summary>
    public string[] SubnetRoutes { get; set; } = [];

    /// <summary>Whether a second peer offers itself.</summary>
    public bool OffersSpare { get; set; }

    public bool AllowLanAccess { get; set; } = true;

    public bool MagicDns { get; set; } = true;

    /// <summary>An opt.Bool: null where it was never set.</summary>
    public bool? NoStatefulFiltering { get; set; }

    public int NetfilterMode { get; set; } = 2;

    public string Run(ProgramCall call) => !IsRunning
        ? throw new ToolFailure(
            1,
            "failed to connect to local tailscaled; it doesn't appear to be running (sudo systemctl start tailscaled "
                + "?)")
        : call.Arguments switch
        {
            ["status", "--json"] => Status().ToJsonString(s_indented) + "\n",
            ["debug", "prefs"] => Prefs().ToJsonString(s_indented) + "\n",
            _ => throw new ToolFailure(1, $"unknown subcommand: {call}"),
        };

    // tailscale ipn/ipnstate: Status, in the order in which it is printed.
    private JsonObject Status() => new()
    {
        ["Version"] = "1.96.4-t8f2c1d4e0",
        ["TUN"] = Tun,
        [nameof(BackendState)] = BackendState,
        ["HaveNodeKey"] = true,
        ["AuthURL"] = "",
        ["TailscaleIPs"] = new JsonArray("100.101.102.103", "fd7a:115c:a1e0::1"),
        ["Self"] = new JsonObject
        {
            ["ID"] = "nHost",
            ["HostName"] = "host",
            ["DNSName"] = "host.tail0123.ts.net.",
            ["Online"] = true
        },
        ["ExitNodeStatus"] = ExitNode
            ? new JsonObject
            {
                ["ID"] = "nExit",
                ["Online"] = ExitNodeOnline,
                ["TailscaleIPs"] = new JsonArray(
                "100.64.0.9/32")
            }
            : null,
        ["Health"] = new JsonArray(),
        ["MagicDNSSuffix"] = "tail0123.ts.net",
        ["Peer"] = new JsonObject
        {
            ["nodekey:01"] = Peer("nExit", "oslo", ExitNode, ExitNodeOnline, ExitNodeRoutes),
            ["nodekey:02"] = OffersSpare ? Peer(
                "nSpare", "bergen", isChosen: false, online: true, ["0.0.0.0/0", "::/0"]) : null,
            ["nodekey:03"] =
                new JsonObject
                {
                    ["ID"] = "nLaptop",
                    ["DNSName"] = "laptop.tail0123.ts.net.",
                    ["AllowedIPs"] = Texts(["100.64.0.11/32", .. SubnetRoutes]),
                    ["PrimaryRoutes"] = SubnetRoutes.Length == 0 ? null : Texts(SubnetRoutes),
                    ["Online"] = true,
                },
        },
    };

    // tailscale ipn: Prefs.
    private JsonObject Prefs() => new()
    {
        ["ControlURL"] = "https://controlplane.tailscale.com",
        ["RouteAll"] = true,
        ["ExitNodeID"] = ExitNode ? "nExit" : "",
        ["ExitNodeIP"] = "",
        ["InternalExitNodePrior"] = "",
        ["ExitNodeAllowLANAccess"] = AllowLanAccess,
        ["CorpDNS"] = MagicDns,
        ["RunSSH"] = false,
        ["WantRunning"] = true,
        ["LoggedOut"] = false,
        ["AdvertiseRoutes"] = null,
        ["NoSNAT"] = false,
        [nameof(NoStatefulFiltering)] = NoStatefulFiltering,
        [nameof(NetfilterMode)] = NetfilterMode,
    };

    private static JsonArray Texts(IEnumerable<string> texts) => new([.. texts.Select(text => (JsonNode?)text)]);

    private static JsonObject Peer(string id, string name, bool isChosen, bool online, string[] defaults) => new()
    {
        ["ID"] = id,
        ["HostName"] = name,
        ["DNSName"] = $"{name}.tail0123.ts.net.",
        [nameof(ExitNode)] = isChosen,
        ["ExitNodeOption"] = defaults.Length == 2,
        ["AllowedIPs"] = Texts(["100.64.0.9/32", "fd7a:115c:a1e0::9/128", .. defaults]),
        ["Online"] = online,
    };
}
