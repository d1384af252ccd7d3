using System.Text.Json;

namespace TailSplit.Lab;

/// <summary>
/// The <c>tailscale</c> command on the lab's PATH: <c>status --json</c> and <c>debug prefs</c> as tailscaled would
/// have them (ipnstate.Status, ipn.Prefs), and a refusal while the daemon is dead.
/// </summary>
internal sealed class TailscaleClient(string folder)
{
    private static readonly JsonSerializerOptions s_indented = new() { WriteIndented = true };

    private const string Script =
        """
        #!/bin/sh
        cd "${0%/*}" || exit 1
        if [ ! -e tailscale-status.json ]; then
            echo 'failed to connect to local tailscaled; it does not appear to be running' >&2
            exit 1
        fi
        case "$1 $2" in
            'status --json') cat tailscale-status.json ;;
            'debug prefs') cat tailscale-prefs.json ;;
            'ip '*) printf '%s\n' 100.101.102.103 fd7a:115c:a1e0::103 ;;
            version*) echo 1.100.0 ;;
            *) echo "the lab's tailscale knows no '$*'" >&2; exit 2 ;;
        esac

        """;

    public void Install()
    {
        string path = Path.Combine(folder, "tailscale");
        File.WriteAllText(path, Script);
        File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserExecute);
    }

    public void Describe(TailscaleState state, string backendState)
    {
        string[] own = [$"{Place.HostTailnet.V4}", $"{Place.HostTailnet.V6}"];
        string[] peer = [$"{Place.Tailnet.V4}/32", $"{Place.Tailnet.V6}/128"];
        bool isUp = backendState == "Running";
        string[] offered = state.Offer switch
        {
            ExitNodeOffer.BothFamilies => ["0.0.0.0/0", "::/0"],
            ExitNodeOffer.IPv4Alone => ["0.0.0.0/0"],
            _ => [],
        };
        object? exitNode = state.ExitNode ? new { ID = "nExit", Online = true, TailscaleIPs = peer } : null;
        Write("tailscale-status.json", new
        {
            Version = "1.100.0-t0-lab",
            TUN = true,
            BackendState = backendState,
            TailscaleIPs = own,
            Self = new { ID = "nHost", HostName = "host", TailscaleIPs = own, Online = isUp },
            ExitNodeStatus = exitNode,
            Peer = new Dictionary<string, object>
            {
                ["nodekey:exit"] = new
                {
                    ID = "nExit",
                    HostName = "exit",
                    DNSName = "exit.lab.ts.net.",
                    TailscaleIPs = (string[])[$"{Place.Tailnet.V4}", $"{Place.Tailnet.V6}"],
                    AllowedIPs = (string[])[.. peer, "10.77.0.0/24", "fd00:77::/64", .. offered],
                    Online = true,
                    state.ExitNode,
                    // Both families, or it is no exit node to choose (tailscale net/tsaddr: ContainsExitRoutes).
                    ExitNodeOption = state.Offer is ExitNodeOffer.BothFamilies,
                },
            },
            Health = Array.Empty<string>(),
        });
        Write("tailscale-prefs.json", new
        {
            ExitNodeID = state.ExitNode ? "nExit" : "",
            ExitNodeIP = "",
            ExitNodeAllowLANAccess = state.AllowLanAccess,
            RouteAll = state.AcceptRoutes,
            CorpDNS = true,
            WantRunning = isUp,
            LoggedOut = false,
            AdvertiseRoutes = (string[]?)null,
            NoSNAT = false,
            NoStatefulFiltering = !state.StatefulFiltering,
            NetfilterMode = (int)state.Netfilter,
        });
    }

    public void Forget()
    {
        File.Delete(Path.Combine(folder, "tailscale-status.json"));
        File.Delete(Path.Combine(folder, "tailscale-prefs.json"));
    }

    private void Write(string name, object value)
    {
        string path = Path.Combine(folder, name);
        File.WriteAllText($"{path}.new", JsonSerializer.Serialize(value, s_indented) + "\n");
        File.Move($"{path}.new", path, overwrite: true);
    }
}
