using TailSplit.Core;
using TailSplit.Core.Diagnosis;
using TailSplit.Core.Errors;
using TailSplit.Core.Hosts;
using TailSplit.Core.Model;
using TailSplit.Tests.Fakes;
using Xunit;

namespace TailSplit.Tests.Core.Diagnosis.Checks;

public sealed class MasqueradeCheckTests
{
    [Fact]
    public void After_a_flush_dockers_translation_is_missing_and_docker_writes_it_when_it_starts()
    {
        Host host = Snapshots.Healthy(host => host.Firewall[IpFamily.IPv4].Load(
            "*nat\n-F PREROUTING\n-F POSTROUTING\n-F DOCKER\n-X DOCKER\nCOMMIT\n"));

        CheckResult result = host.Result("Masquerade");
        Assert.Equal((CheckStatus.Fail, "systemctl restart docker"), (result.Status, result.Remedy));
        Assert.Contains("No rule translates the packets of media on eth0", result.Detail, StringComparison.Ordinal);
        Assert.Contains("also restarts its containers", result.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public void With_iptables_false_a_bypass_gets_the_rule_that_docker_would_write()
    {
        string bridge = UsualHost.Media.Bridge;
        Host host = Snapshots.Healthy(host =>
        {
            host.Files["/etc/docker/daemon.json"] = "{ \"iptables\": false }\n";
            host.Firewall[IpFamily.IPv4].Load($"*nat\n-D POSTROUTING -s 172.18.0.0/16 ! -o {bridge} -j MASQUERADE\nCOMMIT\n");
        });

        Assert.Equal(["Masquerade Fail"], host.Troubles());
        Assert.Contains("\"iptables\": false", host.Result("Masquerade").Detail, StringComparison.Ordinal);
        Assert.Equal(
            $"iptables -t nat -A POSTROUTING -s 172.18.0.0/16 ! -o {bridge} -j MASQUERADE",
            host.Result("Masquerade").Remedy);
    }

    [Fact]
    public void What_dockers_nftables_backend_translates_is_not_called_missing()
    {
        Host host = Snapshots.Healthy(host =>
        {
            host.Docker.FirewallBackend = "nftables";
            host.Firewall[IpFamily.IPv4].Load("*nat\n-F POSTROUTING\nCOMMIT\n");
            host.Firewall.Native = Snapshots.DockerBridges;
        });

        Assert.Equal(CheckStatus.Pass, host.Result("Masquerade").Status);
        Assert.Contains("leave with an address of the host", host.Result("Masquerade").Detail, StringComparison.Ordinal);
    }

    [Fact]
    public void After_a_flush_of_nftables_dockers_translation_is_missing()
    {
        Host host = Snapshots.Healthy(host =>
        {
            host.Docker.FirewallBackend = "nftables";
            host.Firewall[IpFamily.IPv4].Load("*nat\n-F POSTROUTING\nCOMMIT\n");
        });

        CheckResult result = host.Result("Masquerade");
        Assert.Equal((CheckStatus.Fail, "systemctl restart docker"), (result.Status, result.Remedy));
        Assert.Contains("Docker's nftables tables do not have the rule", result.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public void An_nft_that_dies_leaves_open_whether_docker_translates()
    {
        Host host = Snapshots.Healthy(host =>
        {
            host.Firewall[IpFamily.IPv4].Load("*nat\n-F POSTROUTING\nCOMMIT\n");
            host.Faults.Add(new Fault(call => call is { Program: "nft", Arguments: ["-j", "list", "ruleset"] or ["list", "tables"] })
            {
                ExitCode = 139,
                Words = "Segmentation fault",
                Times = int.MaxValue,
            });
        });

        Assert.Equal(CheckStatus.Skipped, host.Result("Masquerade").Status);
    }

    [Fact]
    public void Without_iptables_no_remedy_needs_it_and_nothing_is_claimed_of_rules_that_it_would_show()
    {
        Host host = Snapshots.Healthy(host => host.Firewall[IpFamily.IPv4].Load(
            $"*nat\n-D POSTROUTING -s 172.18.0.0/16 ! -o {UsualHost.Media.Bridge} -j MASQUERADE\nCOMMIT\n"));
        Assert.Equal(CheckStatus.Fail, host.Result("Masquerade").Status);

        Host without = With(host, Failures.NotInstalled("iptables-save", "iptables"));
        Host unread = With(host, Failures.ReadFailed("iptables-save -c", "it died"));

        Assert.Equal((CheckStatus.Fail, null), (without.Result("Masquerade").Status, without.Result("Masquerade").Remedy));
        Assert.Contains("'iptables-save' is not installed", without.Result("Tables").Detail, StringComparison.Ordinal);
        Assert.Equal((CheckStatus.Skipped, null), (unread.Result("Masquerade").Status, unread.Result("Masquerade").Remedy));
        Assert.Contains("it died", unread.Result("Tables").Detail, StringComparison.Ordinal);
    }

    [Fact]
    public void A_network_in_use_without_a_policy_is_to_be_translated_as_well()
    {
        Host host = Snapshots.Of(Snapshots.Nothing, host => host.Firewall[IpFamily.IPv4].Load(
            $"*nat\n-D POSTROUTING -s 172.18.0.0/16 ! -o {UsualHost.Media.Bridge} -j MASQUERADE\nCOMMIT\n"));

        Assert.Equal(["Masquerade Fail"], host.Troubles());
        Assert.Contains("the packets of media on tailscale0", host.Result("Masquerade").Detail, StringComparison.Ordinal);
    }

    private static Host With(Host host, Failure iptables) => host with
    {
        Firewall = host.Firewall with { Backends = host.Firewall.Backends with { IptablesTrouble = iptables } },
    };
}
