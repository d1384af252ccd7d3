using TailSplit.Lab.Options;

namespace TailSplit.Lab.Transitions;

/// <summary>A network is removed, and made again under its name: new id, new bridge, another subnet.</summary>
[Collection(typeof(DockerTransitions))]
public sealed class RecreatedNetworkTests(DockerLab split)
{
    private static readonly NetworkOptions s_first =
        new() { Subnet = "172.30.40.0/24", SubnetV6 = "2001:db8:d:40::/64" };
    private static readonly NetworkOptions s_second =
        new() { Subnet = "172.30.41.0/24", SubnetV6 = "2001:db8:d:41::/64" };

    private Lab Lab => split.Lab;

    [Theory]
    [InlineData("")]
    [InlineData("-AllowDestination 10.0.0.20 -AllowPublishedPort -BlockHost -Action Reject")]
    public async Task It_is_reported_and_repaired_in_one_commit(string options)
    {
        await split.Remove();
        await Lab.Tailscale.Set(new(ExitNode: false));
        DockerNetwork before = await Lab.CreateNetwork("moved", s_first);
        await split.Run($"Get-DockerNetwork moved | New-TailSplitKillswitch {options} | Out-Null");
        Assert.Equal("Active", await State("moved"));

        await Lab.RemoveNetwork("moved");
        Assert.Equal("Degraded", await State("moved"));
        DockerNetwork after = await Lab.CreateNetwork("moved", s_second);
        try
        {
            Container box = await Lab.RunIn(after, "moved");
            Assert.Equal("Degraded", await State("moved"));
            string missing = await split.Run("(Get-TailSplitPolicy moved).Missing");
            Assert.Contains(
                $"is on {after.Bridge} now, the policy on {before.Bridge}", missing, StringComparison.Ordinal);

            // The control: nothing closes the new bridge yet.
            await Lab.Leaks.Control(() => Lab.Ask(box, Place.Internet.V4));
            await Lab.Leaks.Control(() => Lab.Ask(box, Place.Internet.V6));

            ShellResult repaired = await Lab.Shell.Run(
                $"Get-DockerNetwork moved | New-TailSplitKillswitch {options} -Verbose | Out-Null");
            Assert.True(repaired.Succeeded, $"{repaired}");
            string[] commits = [.. repaired.Error.Split('\n').Where(line =>
                line.Contains("-restore --noflush", StringComparison.Ordinal)
                && !line.Contains("--test", StringComparison.Ordinal))];
            Assert.True(commits.Length == 2, $"One commit a family was expected: {repaired.Error}");

            Assert.Equal("", await split.Run("(Get-TailSplitPolicy moved).Missing"));
            Assert.Equal(LeakCount.None, await Lab.Leaks.During(() => Expect.Stops(box, Place.Internet)));
            string rules = await Lab.Snapshot();
            Assert.Contains(after.Bridge, rules, StringComparison.Ordinal);
            Assert.DoesNotContain(before.Bridge, rules, StringComparison.Ordinal);
            Assert.DoesNotContain("172.30.40.", rules, StringComparison.Ordinal);
            Assert.DoesNotContain("2001:db8:d:40:", rules, StringComparison.Ordinal);
            await Lab.Tailscale.ExitNodeOn();
            await Expect.Goes(box, Place.Internet, Way.ExitNode);
        }
        finally
        {
            await Lab.Docker.TryDocker("rm", "--force", "moved");
            await Lab.RemoveNetwork("moved");
        }
    }

    [Theory]
    [InlineData(false, false)]
    [InlineData(false, true)]
    [InlineData(true, true)]
    public async Task With_a_bridge_of_a_fixed_name_it_is_closed_from_the_first_instant(bool exitNode, bool sameSubnet)
    {
        await split.Remove();
        await Lab.Tailscale.Set(new(ExitNode: false));

        // The control, without a policy.
        Assert.True(
            (await MakeAndFlood(s_second)) is { Udp: > 2, Icmp: > 2, V6: > 2 },
            "The control saw no leak, so the test is void.");

        await Lab.Docker.CreateNetwork("fixed", Fixed(s_first));
        await split.Run("Get-DockerNetwork fixed | New-TailSplitKillswitch | Out-Null");
        await Lab.RemoveNetwork("fixed");
        await Lab.Tailscale.Set(new(exitNode));
        LeakCount leaks = await MakeAndFlood(sameSubnet ? s_first : s_second);
        Assert.True(leaks.Total == 0, $"Leaked: {leaks}");

        async Task<LeakCount> MakeAndFlood(NetworkOptions options)
        {
            await Lab.Leaks.Reset();
            await Lab.CreateNetwork("fixed", Fixed(options));
            try
            {
                await Lab.RunContainer("flood", Flood.In("fixed"));
                await Flood.UntilSent(Lab, "fixed0", 100);
                return await Lab.Leaks.Count();
            }
            finally
            {
                await Lab.Docker.TryDocker("rm", "--force", "flood");
                await Lab.RemoveNetwork("fixed");
            }
        }
    }

    private static NetworkOptions Fixed(NetworkOptions options) => options with { Bridge = "fixed0" };

    private async Task<string> State(string policy) =>
        (await split.Run($"(Get-TailSplitPolicy {policy}).State.ToString()")).Trim();
}
