using TailSplit.Lab.Options;

namespace TailSplit.Lab.Podman;

/// <summary>Policies on networks of a real Podman, on a host without Docker.</summary>
public sealed class PodmanPolicyTests(PodmanLab podman) : IClassFixture<PodmanLab>
{
    private Lab Lab => podman.Lab;

    [Fact]
    public async Task Bypass_and_killswitch_hold_as_on_dockers_networks()
    {
        await podman.Clear();
        Assert.Equal(
            "media Podman podman1 True",
            (await podman.Run("Get-DockerNetwork media | ForEach-Object { \"$($_.Name) $($_.Engine) $($_.Bridge) $($_.CanHavePolicy)\" }")).Trim());
        await Lab.Tailscale.Set(new());

        await podman.Run("New-TailSplitBypass media | Out-Null; New-TailSplitKillswitch torrents -WarningAction SilentlyContinue | Out-Null");

        await Expect.Goes(podman.Media, Place.Internet, Way.Isp);
        await Expect.Goes(podman.Media, Place.Lan, Way.Lan);
        await Expect.Goes(podman.Media, Place.Tailnet, Way.Tailnet);
        await Expect.Goes(podman.Torrents, Place.Internet, Way.ExitNode);
        await Expect.Goes(podman.Torrents, Place.Tailnet, Way.Tailnet);
        await Expect.Stops(podman.Torrents, Place.Lan);
        await Expect.Stops(podman.Torrents, podman.Plain.Addresses);
        await Expect.Goes(podman.Plain, Place.Internet, Way.ExitNode);
        await Lab.Tailscale.Set(new(ExitNode: false));
        await Expect.Stops(podman.Torrents, Place.Internet);
        await Expect.Goes(podman.Media, Place.Internet, Way.Isp);
        Assert.Equal(
            "media torrents",
            (await podman.Run("(Get-TailSplitPolicy | Where-Object State -eq Active).Name -join ' '")).Trim());
        string failed = await podman.Run(
            "Test-TailSplitPolicy | Where-Object { $_.Status -eq 'Fail' -and $_.Check -ne 'EmbeddedDns' } | "
                + "ForEach-Object { \"$($_.Check): $($_.Detail)\" }");
        Assert.True(failed.Trim().Length == 0, failed);
    }

    [Fact]
    public async Task A_killswitch_holds_by_each_layer_alone()
    {
        await podman.Clear();
        await podman.Run("New-TailSplitKillswitch torrents -WarningAction SilentlyContinue | Out-Null");
        await Expect.Stops(podman.Torrents, Place.Internet);

        await Layers.DeleteRouting(Lab);
        await Expect.Stops(podman.Torrents, Place.Internet);

        await podman.Run("New-TailSplitKillswitch torrents -WarningAction SilentlyContinue | Out-Null");
        await Layers.EmptyFirewall(Lab);
        await Expect.Stops(podman.Torrents, Place.Internet);
    }

    /// <summary>
    /// netavark makes NETAVARK_FORWARD with the first container, inserts its jump first in FORWARD, and accepts there what
    /// its networks send. The ip rules hold; TailSplit says what it found, and moves its jump first again.
    /// </summary>
    [Fact]
    public async Task The_first_container_after_a_flush_does_not_open_its_killswitch()
    {
        await podman.Clear();
        PodmanNetwork late = await podman.Podman.CreateNetwork("late", "172.30.9.0/24", "2001:db8:d:9::/64");
        try
        {
            // The control: the same container without a policy floods the ISP.
            await podman.RunIn(late, "late");
            await Lab.Leaks.Control(() => Flood());
            await podman.Podman.RemoveContainer("late");
            await podman.Run("New-TailSplitKillswitch late | Out-Null");
            await Layers.Both(Lab, "-F FORWARD");
            await Layers.Both(Lab, "-F NETAVARK_FORWARD");
            await Layers.Both(Lab, "-X NETAVARK_FORWARD");
            await podman.Run("New-TailSplitKillswitch late | Out-Null");
            Assert.DoesNotContain("NETAVARK_FORWARD", await Forward(), StringComparison.Ordinal);

            LeakCount leaks = await Lab.Leaks.During(async () =>
            {
                await podman.RunIn(late, "late");
                await Flood();
            });

            Assert.Equal(LeakCount.None, leaks);
            string forward = await Forward();
            Assert.True(
                forward.IndexOf("NETAVARK_FORWARD", StringComparison.Ordinal) < forward.IndexOf("TAILSPLIT", StringComparison.Ordinal), forward);
            Assert.Equal("Degraded", (await podman.Run("(Get-TailSplitPolicy late).State")).Trim());
            Assert.Equal("Fail", (await podman.Run("(Test-TailSplitPolicy | Where-Object Check -eq DockerUser).Status")).Trim());

            await podman.Run("New-TailSplitKillswitch late -WarningAction SilentlyContinue | Out-Null");
            Assert.Equal("Active", (await podman.Run("(Get-TailSplitPolicy late).State")).Trim());
            await Layers.DeleteRouting(Lab);
            Assert.Equal(LeakCount.None, await Lab.Leaks.During(() => Flood()));
        }
        finally
        {
            await podman.Podman.TryPodman("rm", "--force", "--time=0", "late");
            await podman.Clear();
            await podman.Podman.RemoveNetwork("late");
            await podman.Podman.TryPodman("network", "reload", "--all");
        }

        async Task Flood()
        {
            for (int i = 0; i < 5; i++)
            {
                await podman.Podman.TryPodman("exec", "late", "ping", "-c", "2", "-i", "0.1", "-W", "1", $"{Place.Internet.V4}");
                await podman.Podman.TryPodman("exec", "late", "timeout", "1", "nslookup", "x", $"{Place.Internet.V4}");
            }
        }
    }

    [Fact]
    public async Task Labels_give_policies_and_take_them_away()
    {
        await podman.Clear();
        Dictionary<string, string> shut = new() { ["tailsplit.policy"] = "killswitch" };
        PodmanNetwork network = await podman.Podman.CreateNetwork("label", "172.30.4.0/24", "2001:db8:d:4::/64", shut);
        try
        {
            await podman.Run("Sync-TailSplitPolicy | Out-Null");
            Container box = await podman.RunIn(network, "label");
            await Expect.Stops(box, Place.Internet);

            // Made again without the label, it is open.
            await podman.Podman.RemoveContainer("label");
            await podman.Podman.RemoveNetwork("label");
            network = await podman.Podman.CreateNetwork("label", "172.30.4.0/24", "2001:db8:d:4::/64");
            await podman.Run("Sync-TailSplitPolicy | Out-Null");
            box = await podman.RunIn(network, "label");
            await Expect.Goes(box, Place.Internet, Way.Isp);
        }
        finally
        {
            await podman.Podman.TryPodman("rm", "--force", "--time=0", "label");
            await podman.Podman.RemoveNetwork("label");
            await podman.Clear();
        }
    }

    [Fact]
    public async Task Queries_bypass_a_killswitch_by_podmans_server_and_use_the_tunnel_with_a_server()
    {
        await podman.Clear();
        await Lab.Tailscale.Set(new());
        await Lab.Tailscale.Set(new(ExitNode: false));
        Assert.Equal([Way.Isp], await Ask("before.test"));

        ShellResult warned = await Lab.Shell.Run("New-TailSplitKillswitch torrents | Out-Null");

        Assert.Contains("Podman's name server", warned.Error, StringComparison.Ordinal);
        Assert.Equal([Way.Isp], await Ask("past.test"));

        await podman.Run($"New-TailSplitKillswitch torrents -DnsServer {Place.Resolver.V4} -Force | Out-Null");
        Assert.Equal([], await Ask("shut.test"));
        await Lab.Tailscale.Set(new());
        Assert.Equal([Way.ExitNode], await Ask("tunnel.test"));

        async Task<IReadOnlyList<Way>> Ask(string name)
        {
            await podman.Podman.TryPodman("exec", "torrents", "timeout", "2", "nslookup", name, "172.30.2.1");
            return Lab.Resolver.WaysOf(name);
        }
    }

    /// <summary>
    /// The capabilities and the read-only /etc of tailsplit.service, by hand. Without CAP_SYS_ADMIN, Podman takes itself
    /// for rootless and fails.
    /// </summary>
    [Fact]
    public async Task Podman_answers_with_the_capabilities_of_the_units_and_not_with_less()
    {
        const string Units = "-all,+net_admin,+net_raw,+sys_module,+dac_read_search";
        string writable = $"mount --bind {Lab.Folder}/podman/etc/networks /etc/containers/networks";

        (await In($"{Units},+sys_admin", writable)).OrThrow();
        Assert.False((await In(Units, writable)).Succeeded);
        Assert.Contains("netavark.lock: read-only file system", (await In($"{Units},+sys_admin", "true")).Error, StringComparison.Ordinal);

        Task<ProgramOutput> In(string capabilities, string before) => Programs.TryRun(
            "nsenter",
            [
                $"--net={Lab.Host.FilePath}", .. podman.Podman.Within, "unshare", "--mount", "sh", "-c",
                $"mount -o bind,ro /etc/containers /etc/containers; {before}; exec setpriv --no-new-privs --bounding-set={capabilities} "
                    + $"--inh-caps={capabilities} {podman.Podman.Command} --remote=false network ls --format json",
            ],
            environment: new Dictionary<string, string?> { ["PATH"] = Lab.Tools.SearchPath });
    }

    private async Task<string> Forward() => (await Lab.Host.Run($"{Lab.Tools.Folder}/iptables", ["-S", "FORWARD"])).Output;
}
