using System.Text.Json.Nodes;

namespace TailSplit.Lab.Diagnosis;

/// <summary>
/// A healthy host with one policy of each kind and a network without, whose commands work as far as remedies use them:
/// <c>tailscale set</c> and <c>up</c>, <c>systemctl restart</c>, and files below /etc.
/// </summary>
public abstract class DoctorLabBase(LabOptions options) : LabFixture(options), IAsyncDisposable
{
    private CommandDesk? _desk;

    public DockerNetwork Media { get; private set; } = null!;

    public DockerNetwork Torrents { get; private set; } = null!;

    public DockerNetwork Plain { get; private set; } = null!;

    /// <summary>The prompt at which the tests work.</summary>
    public LabShell Shell { get; private set; } = null!;

    public PrivateEtc Etc { get; private set; } = null!;

    private string Tools => Lab.Tools.Folder;

    private string NetworkdFile => Path.Combine(Tools, "networkd-is-active");

    public bool NetworkdRuns
    {
        set
        {
            if (value)
                File.WriteAllText(NetworkdFile, "");
            else
                File.Delete(NetworkdFile);
        }
    }

    /// <summary>
    /// The rule that tells connections into the tunnel of its MTU; <paramref name="action"/> is -A or -D.
    /// </summary>
    public static string Clamp(string action) =>
        $"-t mangle {action} FORWARD -o {Tunnel.Interface} -p tcp -m tcp --tcp-flags SYN,RST SYN -j TCPMSS " +
        "--clamp-mss-to-pmtu";

    /// <summary>Runs a script; an error fails the test.</summary>
    public async Task<string> Run(string script) => (await Shell.Run(script)).OrThrow().Output;

    /// <summary>All that is not well.</summary>
    public async Task<IReadOnlyList<Trouble>> Troubles() =>
    [
        .. (await Run(
            "Test-TailSplitPolicy | Where-Object Status -in Warn, Fail | " +
            "ForEach-Object { \"$($_.Check)`t$($_.Status)`t$($_.Policy)`t$($_.Remedy)`t$($_.Detail)\" }"))
            .Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Select(line => line.Split('\t'))
            .Select(part => new Trouble(part[0], part[1], part[2], part[3], part[4])),
    ];

    /// <summary>
    /// Breaks the host in one way: the one check sees it, and no other; its remedy, run as printed, makes it well
    /// again.
    /// </summary>
    public async Task<Trouble> Sees(string check, string status, Func<Task> breakIt)
    {
        Assert.Empty(await Troubles());
        await breakIt();
        Trouble trouble = Assert.Single(await Troubles());
        Assert.Equal((check, status), (trouble.Check, trouble.Status));
        Assert.Equal(status == "Fail" ? "False" : "True", (await Run("Test-TailSplitPolicy -Quiet")).Trim());
        Assert.NotEmpty(trouble.Remedy);
        // A command that says what it did, as sysctl does, is no complaint.
        await Run($"{trouble.Remedy} | Out-Null");
        Assert.Empty(await Troubles());
        return trouble;
    }

    /// <summary>
    /// Breaks the host in one way that belongs to others: the one check sees it, suggests nothing, and is content once
    /// they have taken it back themselves.
    /// </summary>
    public async Task<Trouble> Tells(string check, string status, Func<Task> breakIt, Func<Task> undo)
    {
        Assert.Empty(await Troubles());
        try
        {
            await breakIt();
            Trouble trouble = Assert.Single(await Troubles());
            Assert.Equal((check, status, ""), (trouble.Check, trouble.Status, trouble.Remedy));
            Assert.Equal(status == "Fail" ? "False" : "True", (await Run("Test-TailSplitPolicy -Quiet")).Trim());
            return trouble;
        }
        finally
        {
            await undo();
            Assert.Empty(await Troubles());
        }
    }

    /// <summary>Rewrites a file that <c>tailscale</c> answers from: status or prefs.</summary>
    public void Tell(string file, Action<JsonObject> change)
    {
        string path = Path.Combine(Tools, $"tailscale-{file}.json");
        JsonObject json = JsonNode.Parse(File.ReadAllText(path))!.AsObject();
        change(json);
        File.WriteAllText(path, json.ToJsonString());
    }

    /// <summary>Another peer offers itself as an exit node.</summary>
    public void OfferSpare() => Tell("status", status => status["Peer"]!.AsObject()["nodekey:spare"] = new JsonObject
    {
        ["ID"] = "nSpare",
        ["DNSName"] = "spare.lab.ts.net.",
        ["AllowedIPs"] = new JsonArray("0.0.0.0/0", "::/0"),
        ["ExitNodeOption"] = true,
        ["Online"] = true,
    });

    public void Keep(params string[] policies)
    {
        Etc.Write("systemd/system/tailsplit.service", "[Unit]\n");
        IEnumerable<string> kept = policies.Select(name =>
            $$"""{"name":"{{name}}","kind":"killswitch","network":"{{name}}"}""");
        Etc.Write("tailsplit/policy.json", $$"""{"version":1,"policies":[{{string.Join(',', kept)}}]}""");
    }

    /// <summary>A warning fails a script, where it is not expected.</summary>
    protected virtual string KillswitchOptions => "";

    protected override async Task Prepare(Lab lab)
    {
        Media = await lab.CreateNetwork("media", new() { Subnet = "172.30.1.0/24", SubnetV6 = "2001:db8:d:1::/64" });
        Torrents = await lab.CreateNetwork(
            "torrents", new() { Subnet = "172.30.2.0/24", SubnetV6 = "2001:db8:d:2::/64" });
        Plain = await lab.CreateNetwork("plain", new() { Subnet = "172.30.3.0/24", SubnetV6 = "2001:db8:d:3::/64" });
        foreach (DockerNetwork network in (DockerNetwork[])[Media, Torrents, Plain])
            await lab.RunIn(network, $"in-{network.Name}");

        // A tunnel takes 1280 bytes, a bridge 1500: on a healthy host connections are told so.
        await lab.Host.RunLines($"iptables-nft {Clamp("-A")}\nip6tables-nft {Clamp("-A")}");
        _desk = new(lab.Tools.Folder, Serve);
        File.Move(Path.Combine(lab.Tools.Folder, "tailscale"), Path.Combine(lab.Tools.Folder, "tailscale-answers"));
        _desk.Install("tailscale", "'status --json'|'debug prefs'|version) exec ./tailscale-answers \"$@\" ;;");
        _desk.Install(
            "systemctl",
            "'is-active systemd-networkd.service') if [ -e networkd-is-active ]; then echo active; exit 0; " +
            "else echo inactive; exit 3; fi ;; 'is-active '*) echo inactive; exit 3 ;;");
        Etc = new(lab.Folder);
        Keep("media", "torrents");
        Shell = new(lab.Host, lab.Environment, Etc.Command);
        await Run($"New-TailSplitBypass media | Out-Null; New-TailSplitKillswitch torrents {KillswitchOptions} | Out-Null");
    }

    async ValueTask IAsyncDisposable.DisposeAsync()
    {
        GC.SuppressFinalize(this);
        if (Shell is not null)
            await Shell.DisposeAsync();

        if (_desk is not null)
            await _desk.DisposeAsync();

        await DisposeAsync();
    }

    private static string LinkOf(string unit) =>
        $"systemd/system/{(unit == "tailsplit-early.service" ? "sysinit" : "multi-user")}.target.wants/{unit}";

    /// <summary>What the commands do that change the host.</summary>
    protected virtual async Task Serve(string[] command)
    {
        Tailscale tailscale = Lab.Tailscale;
        switch (command)
        {
            case ["tailscale", "up"]:
                await tailscale.Up();
                break;
            case ["tailscale", "set", "--exit-node-allow-lan-access=true"]:
                await tailscale.AllowLanAccess(true);
                break;
            case ["tailscale", "set", "--stateful-filtering=false"] or ["tailscale", "set", "--exit-node=spare"]:
                // Written again as the state says, which has neither.
                await tailscale.Set(tailscale.State with
                {
                    ExitNode = true,
                    Offer = ExitNodeOffer.BothFamilies,
                    StatefulFiltering = false,
                });
                break;
            case ["systemctl", "restart", "tailscaled"]
                when !Etc.Read("default/tailscaled").Contains("userspace", StringComparison.Ordinal):
                await tailscale.RestartDaemon();
                break;
            case ["systemctl", "restart", "systemd-networkd"] or ["systemctl", "daemon-reload"]:
                break;
            case ["systemctl", "enable", .. string[] units]:
                foreach (string unit in units)
                    Etc.Write(LinkOf(unit), "");

                break;
            case ["systemctl", "disable", "--now", .. string[] units]:
                foreach (string unit in units)
                    Etc.Delete(LinkOf(unit));

                break;
            default:
                throw new InvalidOperationException($"The lab knows no '{string.Join(' ', command)}'.");
        }
    }
}

/// <summary>
/// Engine 28, with a name server that is named to Docker: what the host's own resolv.conf names it would ask from the
/// host.
/// </summary>
public sealed class DoctorLab() : DoctorLabBase(
    new() { Docker = new() { Engine = Engine.Sid, Dns = NameServers.OfItsOwn } });
