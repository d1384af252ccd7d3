using TailSplit.Core.Diagnosis;
using TailSplit.Core.Model;
using TailSplit.Execution;
using TailSplit.Tests.Fakes;
using TailSplit.Tests.Fakes.Docker;
using Xunit;

namespace TailSplit.Tests.Core.Diagnosis;

public sealed class HostCheckTests
{
    private const string Nothing = "Get-DockerNetwork none";

    [Fact]
    public void Checks_have_names_of_their_own() =>
        Assert.Equal(Doctor.Checks.Length, Doctor.Checks.Select(check => check.Name).Distinct().Count());

    [Fact]
    public void The_lan_access_trap_without_a_container_is_a_warning()
    {
        HostSnapshot host = Snapshots.Of(Nothing, host => Catch(host, "172.20.0.0/16"));

        Assert.Equal(["LanAccess Warn"], host.Troubles());
        Assert.Equal("tailscale set --exit-node-allow-lan-access=true", host.Result("LanAccess").Remedy);
    }

    [Fact]
    public void The_lan_access_trap_is_none_behind_a_policy_or_a_rule_made_by_hand()
    {
        Assert.Empty(Snapshots.Healthy(host => Catch(host, "172.18.0.0/16")).Troubles());
        Assert.Empty(Snapshots.Of(Nothing, host =>
        {
            Catch(host, "172.18.0.0/16");
            host.Routes.Add(IpFamily.IPv4, "pref 5269 to 172.16.0.0/12 lookup main");
        }).Troubles());
    }

    [Theory]
    [InlineData("172.16.0.0/12")]
    [InlineData("172.20.128.0/17")]
    public void A_route_of_another_machine_over_a_docker_subnet_fails(string route)
    {
        HostSnapshot host = Snapshots.Of(Nothing, host => host.Routes.AddRoute(IpFamily.IPv4, 52, route, "tailscale0"));

        Assert.Equal(["SubnetOverlap Fail"], host.Troubles());
        Assert.Equal("tailscale set --accept-routes=false", host.Result("SubnetOverlap").Remedy);
    }

    [Fact]
    public void A_policys_own_rules_cure_an_accepted_route() => Assert.Empty(
        Snapshots.Healthy(host => host.Routes.AddRoute(IpFamily.IPv4, 52, "172.18.0.0/24", "tailscale0")).Troubles());

    [Fact]
    public void A_subnet_of_the_tailnets_range_is_made_anew_with_its_containers()
    {
        HostSnapshot host = Snapshots.Of(
            Nothing, host => host.Add(new FakeNetwork("cgn") { Subnet = ["100.72.0.0/16"], Containers = ["web"] }));

        Assert.Equal(["SubnetOverlap Fail"], host.Troubles());
        Assert.Equal(
            "docker network disconnect cgn web; docker network rm cgn; docker network create cgn; docker network "
                + "connect cgn web",
            host.Result("SubnetOverlap").Remedy);
    }

    [Fact]
    public void DockerUser_with_rules_that_nothing_reaches_is_a_warning_without_a_policy()
    {
        static void Cut(FakeHost host) =>
            host.Firewall[IpFamily.IPv4].Load("*filter\n-D FORWARD -j DOCKER-USER\nCOMMIT\n");

        Assert.Empty(Snapshots.Of(Nothing, Cut).Troubles());
        HostSnapshot host = Snapshots.Of(Nothing, host =>
        {
            Cut(host);
            host.Firewall[IpFamily.IPv4].Load("*filter\n-A DOCKER-USER -s 203.0.113.9/32 -j DROP\nCOMMIT\n");
        });
        Assert.Equal(["DockerUser Warn"], host.Troubles());
        Assert.Equal("iptables -I FORWARD -j DOCKER-USER", host.Result("DockerUser").Remedy);
    }

    [Fact]
    public void Hidden_rules_are_deleted_one_by_one_while_they_are_few()
    {
        static HostSnapshot Hide(int count) =>
            Snapshots.Of(Nothing, host => host.Firewall[IpFamily.IPv4, IptablesVariant.Legacy].Load(
                "*filter\n" + string.Concat(Enumerable.Range(1, count).Select(
                    number => $"-A FORWARD -s 203.0.113.{number}/32 -j DROP\n")) + "COMMIT\n"));

        Assert.Equal(["OtherIptables Warn"], Hide(2).Troubles());
        Assert.Equal(
            "iptables-legacy -t filter -D FORWARD -s 203.0.113.1/32 -j DROP; iptables-legacy -t filter -D FORWARD -s "
                + "203.0.113.2/32 -j DROP",
            Hide(2).Result("OtherIptables").Remedy);
        Assert.Equal("iptables-legacy -t filter -F", Hide(9).Result("OtherIptables").Remedy);
    }

    [Fact]
    public void Networkd_is_trouble_only_for_a_policy()
    {
        static void Active(FakeHost host) => host.Systemd.ActiveUnits.Add("systemd-networkd.service");

        Assert.Empty(Snapshots.Of(Nothing, Active).Troubles());
        Assert.Equal(["Networkd Warn"], Snapshots.Healthy(Active).Troubles());
    }

    [Fact]
    public void Forwarding_counts_in_the_families_that_are_used()
    {
        static void NoIPv6(FakeHost host) => host.Files["/proc/sys/net/ipv6/conf/all/forwarding"] = "0\n";

        Assert.Empty(Snapshots.Of("New-TailSplitBypass media", NoIPv6).Troubles());
        HostSnapshot host = Snapshots.Healthy(NoIPv6);
        Assert.Equal(["Forwarding Fail"], host.Troubles());
        Assert.Equal("sysctl -w net.ipv6.conf.all.forwarding=1", host.Result("Forwarding").Remedy);
    }

    private static void Catch(FakeHost host, string subnet)
    {
        host.Tailscale.AllowLanAccess = false;
        host.Routes.AddRoute(IpFamily.IPv4, 52, subnet, "tailscale0");
    }
}
