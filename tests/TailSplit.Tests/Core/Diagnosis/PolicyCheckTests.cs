using System.Net;
using TailSplit.Core.Diagnosis;
using TailSplit.Core.Model;
using TailSplit.Core.Services;
using TailSplit.Core.Trust;
using TailSplit.Tests.Fakes;
using TailSplit.Tests.Fakes.Docker;
using Xunit;

namespace TailSplit.Tests.Core.Diagnosis;

public sealed class PolicyCheckTests
{
    private const string Torrents = "\"src\":\"172.19.0.0\",\"srclen\":16";

    [Theory]
    [InlineData("{\"priority\":4000," + Torrents + ",\"table\":\"254\"}", "ForeignRules Fail torrents")]
    [InlineData("{\"priority\":4000," + Torrents + ",\"action\":\"8\"}", "ForeignRules Fail torrents")]
    [InlineData(
        "{\"priority\":4000,\"src\":\"all\",\"iif\":\"br-torrents\",\"table\":\"100\"}", "ForeignRules Fail torrents")]
    [InlineData(
        "{\"priority\":4000,\"not\":null,\"src\":\"all\",\"fwmark\":\"0xca6c\",\"table\":\"51820\"}",
        "ForeignRules Fail media", "ForeignRules Fail torrents")]
    [InlineData(
        "{\"priority\":5095,\"src\":\"172.18.0.0\",\"srclen\":16,\"table\":\"100\"}", "ForeignRules Fail media")]
    public void A_rule_of_somebody_else_that_decides_first_fails(string rule, params string[] expected) =>
        Assert.Equal(expected, Snapshots.Healthy().WithRule(IpFamily.IPv4, rule).Troubles());

    [Theory]
    [InlineData("{\"priority\":6000," + Torrents + ",\"table\":\"254\"}")]
    [InlineData("{\"priority\":5093," + Torrents + ",\"table\":\"254\"}")]
    [InlineData("{\"priority\":5105,\"src\":\"172.18.0.0\",\"srclen\":16,\"table\":\"100\"}")]
    [InlineData("{\"priority\":40005,\"src\":\"172.18.0.0\",\"srclen\":16,\"table\":\"100\"}")]
    [InlineData("{\"priority\":4000,\"src\":\"10.99.0.0\",\"srclen\":16,\"table\":\"100\"}")]
    [InlineData("{\"priority\":4000,\"src\":\"all\",\"iif\":\"br-other\",\"table\":\"100\"}")]
    [InlineData("{\"priority\":4000,\"src\":\"all\",\"iif\":\"lo\",\"table\":\"100\"}")]
    [InlineData("{\"priority\":4000,\"src\":\"all\",\"oif\":\"wg0\",\"table\":\"100\"}")]
    [InlineData("{\"priority\":4000,\"src\":\"all\",\"fwmark\":\"0xca6c\",\"table\":\"51820\"}")]
    [InlineData("{\"priority\":4000,\"src\":\"all\",\"dst\":\"172.19.0.0\",\"dstlen\":16,\"table\":\"254\"}")]
    [InlineData("{\"priority\":1000,\"src\":\"all\",\"l3mdev\":null}")]
    [InlineData("{\"priority\":0,\"src\":\"all\",\"table\":\"255\"}")]
    public void A_rule_of_somebody_else_that_cannot_decide_is_none(string rule) =>
        Assert.Empty(Snapshots.Healthy().WithRule(IpFamily.IPv4, rule).Troubles());

    [Fact]
    public void A_network_that_is_gone_is_a_warning_and_its_policy_can_go()
    {
        HostSnapshot host = Snapshots.Of("New-TailSplitBypass games", host => host.Remove(UsualHost.Games));

        Assert.Equal(["Bridge Warn games"], host.Troubles());
        Assert.Equal("Remove-TailSplitPolicy games", host.Result("Bridge", "games").Remedy);
    }

    [Fact]
    public void A_policy_by_subnet_alone_that_ipv6_passes_by_fails()
    {
        HostSnapshot host = Snapshots.Of("New-TailSplitKillswitch -Subnet 172.31.0.0/16 -Name media", host =>
            host.Routes.AddLink("br-late", "172.31.0.1/16", "fd00:31::1/64"));

        Assert.Equal(["IPv6 Fail media"], host.Troubles());
        Assert.Equal(
            "New-TailSplitKillswitch -Subnet 172.31.0.0/16, fd00:31::/64 -Bridge br-late -Name media -Force",
            host.Result("IPv6", "media").Remedy);
    }

    [Fact]
    public void An_ipv6_address_that_the_policy_does_not_know_of_is_a_warning()
    {
        HostSnapshot host = Snapshots.Healthy();
        string bridge = UsualHost.Media.Bridge;
        host = host with
        {
            Interfaces = [.. host.Interfaces.Select(link => link.Name != bridge
                ? link
                : link with { Addresses = [.. link.Addresses, new(IPAddress.Parse("fe80::1"), 64), new(
                    IPAddress.Parse("fd00:99::1"), 64)] })],
        };

        Assert.Equal(["IPv6 Warn media"], host.Troubles());
        Assert.Null(host.Result("IPv6", "media").Remedy);
    }

    [Fact]
    public void A_container_leaves_by_the_network_that_its_own_kernel_says()
    {
        static void Prefer(FakeHost host)
        {
            Shared(host);
            host.Docker.Special["seeder"] = new FakeContainer("seeder") { GatewayPriority = new() { ["games"] = 10 } };
        }

        Assert.Equal(["OtherNetwork Fail torrents"], Snapshots.Healthy(Prefer).Troubles());
        Assert.Equal(["OtherNetwork Warn torrents"], Snapshots.Healthy(host =>
        {
            Prefer(host);
            host.Files["/proc/4711/net/route"] = "Iface\tDestination\tGateway "
                + "\tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\tWindow\tIRTT\n"
                + "eth1\t00000000\t010013AC\t0003\t0\t0\t0\t00000000\t0\t0\t0\n";
        }).Troubles());
    }

    [Fact]
    public void A_container_whose_ipv6_gateway_alone_is_on_another_network_is_past_the_killswitch()
    {
        // Docker chooses a gateway for each family (moby#52328); its own kernel says the same below.
        static void Split(FakeHost host)
        {
            FakeNetwork shut = new("shut") { Subnet = ["172.30.0.0/16"], Containers = ["q"] };
            FakeNetwork web = new("web") { Subnet = ["172.31.0.0/16", "fd00:31::/64"], Containers = ["q"] };
            host.Add(shut).Add(web);
            host.Docker.Special["q"] = new FakeContainer("q") { GatewayPriority = new() { ["shut"] = 100 } };
        }

        static void Kernel(FakeHost host, string ipv6)
        {
            host.Files["/proc/4711/net/route"] = "Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\tWindow\tIRTT\n"
                + "eth0\t00000000\t01001EAC\t0003\t0\t0\t0\t00000000\t0\t0\t0\n";
            host.Files["/proc/4711/net/ipv6_route"] = ipv6;
        }

        string route = $"{new string('0', 32)} 00 {new string('0', 32)} 00 fd000031000000000000000000000001 00000400 00000001 00000000 00000003     eth1\n";
        string[] shut = ["OtherNetwork Fail shut"];
        HostSnapshot Of(Action<FakeHost> change)
        {
            FakeHost host = UsualHost.Create();
            Split(host);
            change(host);
            return Snapshots.Of(host, "New-TailSplitKillswitch shut");
        }

        Assert.Equal(shut, Of(_ => { }).Troubles().Where(trouble => trouble.StartsWith("OtherNetwork", StringComparison.Ordinal)));
        Assert.Equal(shut, Of(host => Kernel(host, route)).Troubles().Where(trouble => trouble.StartsWith("OtherNetwork", StringComparison.Ordinal)));
        Assert.Equal(
            ["OtherNetwork Warn shut"],
            Of(host => Kernel(host, "")).Troubles().Where(trouble => trouble.StartsWith("OtherNetwork", StringComparison.Ordinal)));
    }

    [Fact]
    public void A_network_of_both_families_has_the_gateway_before_one_of_ipv4_alone() =>
        Assert.Equal(["OtherNetwork Warn torrents"], Snapshots.Healthy(Shared).Troubles());

    [Fact]
    public void A_reverse_proxy_at_home_on_another_network_is_a_guest_and_stays_connected()
    {
        HostSnapshot host = Snapshots.Healthy(host =>
        {
            Put(host, UsualHost.Games, "traefik");
            Put(host, UsualHost.Torrents, "traefik");
            host.Docker.Special["traefik"] = new FakeContainer("traefik")
            {
                NetworkMode = "games",
                GatewayPriority = new() { ["games"] = 1 },
            };
        });

        Assert.Equal(["OtherNetwork Warn torrents"], host.Troubles());
        CheckResult result = host.Result("OtherNetwork", "torrents");
        Assert.Null(result.Remedy);
        Assert.Contains("traefik (games)", result.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public void A_network_with_nobody_else_on_it_can_be_closed_too_and_another_is_left_alone()
    {
        static void Lonely(FakeHost host)
        {
            Shared(host);
            host.Docker.Special["seeder"] = new FakeContainer("seeder") { GatewayPriority = new() { ["games"] = 10 } };
        }

        Assert.Equal("New-TailSplitKillswitch games", Snapshots.Healthy(Lonely).Result("OtherNetwork", "torrents").Remedy);
        Assert.Null(Snapshots.Healthy(host =>
        {
            Lonely(host);
            Put(host, UsualHost.Games, "seeder", "minecraft");
        }).Result("OtherNetwork", "torrents").Remedy);
    }

    [Fact]
    public void Another_network_that_is_closed_too_is_no_way_out() => Assert.Empty(Snapshots.Of(
        "New-TailSplitKillswitch games; New-TailSplitKillswitch torrents", Shared).Troubles());

    [Fact]
    public void A_macvlan_network_besides_is_past_all_rules()
    {
        HostSnapshot host = Snapshots.Healthy(host =>
        {
            Put(host, UsualHost.Torrents, "seeder");
            host.Docker.Networks.RemoveAll(network => network.Name == "lan");
            host.Add(
                new FakeNetwork("lan") { Driver = "macvlan", Subnet = ["192.168.1.0/24"], Containers = ["seeder"] });
        });

        Assert.Equal(["Privileges Fail torrents"], host.Troubles());
        Assert.Null(host.Result("Privileges", "torrents").Remedy);
    }

    [Fact]
    public void Power_over_the_host_is_a_warning_without_a_command()
    {
        HostSnapshot host = Seeder(new FakeContainer("seeder") { Privileged = true });

        Assert.Equal(["Privileges Warn torrents"], host.Troubles());
        Assert.Null(host.Result("Privileges", "torrents").Remedy);
        Assert.Equal(["Privileges Warn torrents"], Seeder(new FakeContainer("seeder") { CapAdd = ["SYS_MODULE"] }).Troubles());
        Assert.Empty(Seeder(new FakeContainer("seeder") { CapAdd = ["SYS_TIME"] }).Troubles());
    }

    [Theory]
    [InlineData("/var/run/docker.sock", true)]
    [InlineData("/run/docker.sock", true)]
    [InlineData("/srv/engine/docker.sock", true)]
    [InlineData("/run/user/1000/docker.sock", false)]
    [InlineData("/run/containerd/containerd.sock", true)]
    [InlineData("/var/run", true)]
    [InlineData("/run/", true)]
    [InlineData("/", true)]
    [InlineData("/run/dock", false)]
    [InlineData("/srv/downloads", false)]
    [InlineData("/run/systemd", false)]
    public void A_mounted_socket_of_a_container_daemon_is_power_over_the_host(string path, bool warns)
    {
        HostSnapshot host = Seeder(new FakeContainer("seeder") { Binds = ["/etc/localtime", path] });

        Assert.Equal(warns ? ["Privileges Warn torrents"] : [], host.Troubles());
        if (warns)
            Assert.Contains($"seeder has {path} of the host mounted", host.Result("Privileges", "torrents").Detail, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("host", true)]
    [InlineData("container:other", false)]
    [InlineData("", false)]
    public void A_container_among_the_hosts_processes_is_a_warning(string mode, bool warns) => Assert.Equal(
        warns ? ["Privileges Warn torrents"] : [],
        Seeder(new FakeContainer("seeder") { PidMode = mode }).Troubles());

    [Theory]
    [InlineData("NET_ADMIN")]
    [InlineData("NET_RAW")]
    public void Power_over_its_own_namespace_is_a_note_about_a_vpn_container(string capability)
    {
        HostSnapshot host = Seeder(new FakeContainer("gluetun") { CapAdd = [capability] });

        Assert.Empty(host.Troubles());
        Assert.Contains($"gluetun ({capability})", host.Result("Privileges", "torrents").Detail, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("container:gluetun")]
    [InlineData("container:ID")]
    public void A_privileged_container_in_the_namespace_of_a_closed_one_is_seen(string mode)
    {
        FakeContainer parent = new("gluetun");
        HostSnapshot host = Snapshots.Healthy(host =>
        {
            Put(host, UsualHost.Torrents, parent.Name);
            host.Docker.Special["qbittorrent"] = new FakeContainer("qbittorrent")
            {
                NetworkMode = mode.Replace("ID", parent.Id, StringComparison.Ordinal),
                Privileged = true,
            };
        });

        Assert.Equal(["Privileges Warn torrents"], host.Troubles());
        Assert.Contains("qbittorrent is privileged", host.Result("Privileges", "torrents").Detail, StringComparison.Ordinal);
    }

    [Fact]
    public void Containers_on_the_hosts_own_network_are_told_of()
    {
        HostSnapshot host = Snapshots.Healthy(
            host => host.Docker.Special["node-exporter"] = new FakeContainer("node-exporter") { NetworkMode = "host" });

        Assert.Empty(host.Troubles());
        Assert.Contains("node-exporter", host.Result("Privileges", "torrents").Detail, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("0.0.0.0:8080:80/tcp", true)]
    [InlineData("192.168.1.10:8080:80/tcp", true)]
    [InlineData("127.0.0.1:8080:80/tcp", false)]
    [InlineData("100.101.102.103:8080:80/tcp", false)]
    public void A_published_port_that_the_lan_gets_no_answer_from_is_a_warning(string port, bool warns)
    {
        HostSnapshot host = Seeder(new FakeContainer("seeder") { Publish = [port] });

        Assert.Equal(warns ? ["PublishedPorts Warn torrents"] : [], host.Troubles());
        if (warns)
            Assert.Equal(
                "New-TailSplitKillswitch torrents -AllowPublishedPort -Force",
                host.Result("PublishedPorts", "torrents").Remedy);
    }

    [Fact]
    public void A_policy_that_no_file_keeps_is_lost_at_the_next_start()
    {
        HostSnapshot host = Snapshots.Healthy();

        Assert.Equal(["Reboot Warn media"], (host with { Kept = ["torrents"] }).Troubles());
        Assert.Equal(["Reboot Warn media", "Reboot Warn torrents"], (host with { HasService = false }).Troubles());
    }

    [Theory]
    [InlineData("""{"version":1,"policies":[{"name":"media","kind":"bypass","network":"media","hue":1}]}""", "hue")]
    [InlineData("""{"version":2,"policies":[]}""", "version")]
    [InlineData("{", "line 1")]
    public void A_policy_whose_file_the_unit_will_refuse_is_lost_too(string file, string reason)
    {
        HostSnapshot host = Snapshots.Healthy(host => host.Files["/etc/tailsplit/policy.json"] = file);

        Assert.Equal(["Reboot Warn media", "Reboot Warn torrents"], host.Troubles());
        Assert.Contains(reason, host.Result("Reboot", "media").Detail, StringComparison.Ordinal);
    }

    [Fact]
    public void Which_policies_come_back_is_not_guessed_where_only_root_may_see_the_file()
    {
        HostSnapshot host = Snapshots.Healthy(host => host.Files.Protected.Add("/etc/tailsplit/policy.json"));

        Assert.Empty(host.Troubles());
        Assert.Equal(CheckStatus.Skipped, host.Result("Reboot").Status);
    }

    [Fact]
    public void A_unit_whose_program_is_gone_will_not_put_a_policy_back()
    {
        HostSnapshot host = Registered("/opt/pwsh/pwsh", host => host.Files.Remove("/opt/pwsh/pwsh"));

        Assert.Equal(["Reboot Fail media", "Reboot Fail torrents"], host.Troubles());
        Assert.Equal(
            "tailsplit.service will fail: it needs /opt/pwsh/pwsh, but /opt/pwsh/pwsh does not exist.",
            host.Result("Reboot", "media").Detail);
        Assert.Equal("Register-TailSplitService", host.Result("Reboot", "media").Remedy);
    }

    [Fact]
    public void Nor_will_one_whose_module_is_gone()
    {
        HostSnapshot host = Registered("/opt/pwsh/pwsh", host => host.Files.Remove($"{Module}/1.0/TailSplit.psd1"));

        Assert.Contains(Module, host.Result("Reboot", "media").Detail, StringComparison.Ordinal);
        Assert.Equal(CheckStatus.Fail, host.Result("Reboot", "media").Status);
    }

    [Fact]
    public void What_others_can_write_must_not_run_as_root()
    {
        HostSnapshot host = Registered("/home/ann/pwsh", host => host.Files.Trust["/home/ann/pwsh"] =
            FileTrust.Untrusted("/home/ann belongs to user 1000, who is not root"));

        CheckResult result = host.Result("Reboot", "media");
        Assert.Equal(CheckStatus.Fail, result.Status);
        Assert.Contains("/home/ann belongs to user 1000", result.Detail, StringComparison.Ordinal);
        Assert.Null(result.Remedy);
    }

    [Fact]
    public void A_path_that_an_update_removes_is_a_warning() => Assert.Equal(
        ["Reboot Warn media", "Reboot Warn torrents"],
        Registered("/snap/powershell/119/opt/powershell/pwsh").Troubles());

    [Fact]
    public void A_unit_that_is_not_enabled_is_a_warning() => Assert.Equal(
        ["Reboot Warn media", "Reboot Warn torrents"],
        Registered("/opt/pwsh/pwsh", host => host.Files.Remove(Link)).Troubles());

    [Theory]
    [InlineData("/usr/bin/dotnet", null)]
    [InlineData("/home/ann/.dotnet/dotnet", "the unit's PATH has no dotnet")]
    public void A_tools_unit_needs_dotnet_on_its_path(string dotnet, string? trouble)
    {
        HostSnapshot host = Registered("/root/.dotnet/tools/pwsh", host =>
        {
            host.Files["/root/.dotnet/tools/.store/powershell/7.6.9/pwsh.dll"] = "";
            host.Files[dotnet] = "";
        });

        Assert.Equal(trouble is null ? CheckStatus.Pass : CheckStatus.Fail, host.Result("Reboot", "media").Status);
        Assert.Contains(trouble ?? "comes back", host.Result("Reboot", "media").Detail, StringComparison.Ordinal);
    }

    [Fact]
    public void What_only_root_can_see_is_not_called_gone()
    {
        HostSnapshot host = Registered(
            "/root/pwsh", host => host.Files.Trust["/root/pwsh"] = FileTrust.Unseen("/root/pwsh"));

        Assert.Empty(host.Troubles());
        Assert.Equal(CheckStatus.Skipped, host.Result("Reboot").Status);
    }

    [Fact]
    public void A_service_that_will_start_passes() => Assert.Empty(Registered("/opt/pwsh/pwsh").Troubles());

    private const string Module = "/usr/local/share/powershell/Modules/TailSplit";
    private const string Link = "/etc/systemd/system/multi-user.target.wants/tailsplit.service";

    private static HostSnapshot Registered(string program, Action<FakeHost>? change = null) => Snapshots.Healthy(host =>
    {
        host.Files["/etc/systemd/system/tailsplit.service"] = ServiceUnits.Sync(
            new ServiceCommand(new UnitProgram(program), Module), byLabel: false);
        host.Files[program] = "";
        host.Files[$"{Module}/1.0/TailSplit.psd1"] = "";
        host.Files[Link] = "";
        change?.Invoke(host);
    });

    private static HostSnapshot Seeder(FakeContainer container) => Snapshots.Healthy(host =>
    {
        Put(host, UsualHost.Torrents, container.Name);
        host.Docker.Special[container.Name] = container;
    });

    private static void Shared(FakeHost host)
    {
        Put(host, UsualHost.Torrents, "seeder");
        Put(host, UsualHost.Games, "seeder");
    }

    private static void Put(FakeHost host, FakeNetwork network, params string[] containers)
    {
        int at = host.Docker.Networks.FindIndex(each => each.Name == network.Name);
        host.Docker.Networks[at] = network with { Containers = containers };
    }
}
