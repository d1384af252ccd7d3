using TailSplit.Lab.Options;

namespace TailSplit.Lab.Truth;

/// <summary>
/// Docker told to leave the firewall alone (<c>"iptables": false</c>), on a host that translates addresses itself.
/// Nothing leads to DOCKER-USER; policies hold all the same.
/// </summary>
public sealed class WithoutIptablesTests(WithoutIptablesTests.WithoutIptables truth)
    : IClassFixture<WithoutIptablesTests.WithoutIptables>
{
    private const string Policies = "New-TailSplitBypass media | Out-Null; New-TailSplitKillswitch torrents | Out-Null";

    [Fact]
    public async Task Policies_hold_and_the_doctor_says_that_nothing_leads_to_docker_user()
    {
        Lab lab = truth.Lab;
        await lab.Tailscale.ExitNodeOff();
        await Expect.Goes(truth.Torrents.Namespace, [Place.Internet.V4], Way.Isp);
        await lab.Tailscale.ExitNodeOn();
        await Expect.Goes(truth.Media.Namespace, [Place.Internet.V4], Way.ExitNode);

        (await lab.Shell.Run(Policies)).OrThrow();
        try
        {
            await Expect.Goes(truth.Media.Namespace, [Place.Internet.V4], Way.Isp);
            await Expect.Goes(truth.Torrents.Namespace, [Place.Internet.V4], Way.ExitNode);
            await lab.Tailscale.ExitNodeOff();
            await Expect.Stops(truth.Torrents.Namespace, Place.Internet);
            await Expect.Stops(truth.Torrents.Namespace, Place.Lan);
            await lab.Tailscale.ExitNodeOn();

            Assert.Equal("Active Active", await Run("\"$((Get-TailSplitPolicy).State)\""));
            Assert.StartsWith(
                "Pass FORWARD does not jump to DOCKER-USER",
                await Run(
                    "Test-TailSplitPolicy | Where-Object Check -EQ DockerUser | " +
                    "ForEach-Object { \"$($_.Status) $($_.Detail)\" }"),
                StringComparison.Ordinal);
        }
        finally
        {
            await lab.Shell.Run("Remove-TailSplitPolicy *");
        }
    }

    private async Task<string> Run(string script) => (await truth.Lab.Shell.Run(script)).OrThrow().Output.Trim();

    // With ip6tables left on, Engine 20.10 does not start: "cannot create new chains, EnableIPTable is disabled".
    public sealed class WithoutIptables() : LabFixture(
        new() { Docker = new() { Ip6Tables = false, More = ["--iptables=false"] } })
    {
        public Container Media { get; private set; } = null!;

        public Container Torrents { get; private set; } = null!;

        protected override async Task Prepare(Lab lab)
        {
            Media = await lab.RunIn(
                await lab.CreateNetwork("media", new() { Subnet = "172.30.1.0/24", SubnetV6 = "2001:db8:d:1::/64" }), "media");
            Torrents = await lab.RunIn(
                await lab.CreateNetwork("torrents", new() { Subnet = "172.30.2.0/24", SubnetV6 = "2001:db8:d:2::/64" }), "torrents");
            // What the owner of such a host does himself.
            await lab.Host.RunLines(
                "iptables-nft -t nat -A POSTROUTING -s 172.30.0.0/16 ! -d 172.30.0.0/16 -j MASQUERADE");
        }
    }
}
