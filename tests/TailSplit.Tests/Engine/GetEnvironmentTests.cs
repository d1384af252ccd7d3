using TailSplit.Core.Iptables;
using TailSplit.Core.Kernel;
using TailSplit.Core.Model;
using TailSplit.Output;
using TailSplit.Tests.Engine.Hosting;
using TailSplit.Tests.Fakes;
using Xunit;

namespace TailSplit.Tests.Engine;

public sealed class GetEnvironmentTests : IDisposable
{
    private readonly Session _session = new();

    private FakeHost Host => _session.Host;

    public void Dispose() => _session.Dispose();

    [Fact]
    public void All_facts_of_a_usual_host_are_shown()
    {
        TailSplitEnvironment found = Get();

        Assert.Equal("tailscale0", found.TunnelInterface);
        Assert.Equal(["100.101.102.103", "fd7a:115c:a1e0::1"], found.TunnelAddress);
        Assert.Equal("oslo", found.ExitNode);
        Assert.True(found.ExitNodeActive);
        Assert.True(found.ExitNodeOnline);
        Assert.Equal("Running", found.TailscaleState);
        Assert.True(found.TunMode);
        Assert.True(found.AllowLanAccess);
        Assert.False(found.StatefulFiltering);
        Assert.Equal(52, found.TailscaleTable);
        Assert.Equal([5210, 5230, 5270], found.TailscalePreference);
        Assert.Equal("0x80000/0xff0000", found.EscapeMark);
        Assert.Equal(5100, found.RulePreference);
        Assert.Equal(ReversePathFilter.Loose, found.RpFilter["eth0"]);
        Assert.True(found.SrcValidMark);
        Assert.True(found.IPForward);
        Assert.Equal("28.5.2", found.DockerVersion);
        Assert.Equal("iptables", found.DockerFirewall);
        Assert.Equal(FirewallStore.NfTables, found.IptablesVariant);
        Assert.Equal(0, found.HiddenRule);
        Assert.Null(found.NetworkdDeletesRule);
        Assert.Empty(found.NotSeen);
    }

    [Fact]
    public void Nothing_is_written()
    {
        Get();

        Assert.Equal(0, Host.Writes);
    }

    [Fact]
    public void Without_tailscale_the_kernel_still_tells_of_the_tunnel()
    {
        Host.Missing.Add("tailscale");

        TailSplitEnvironment found = Get();

        Assert.Equal("tailscale0", found.TunnelInterface);
        Assert.True(found.ExitNodeActive);
        Assert.Null(found.ExitNode);
        Assert.Null(found.AllowLanAccess);
        Assert.Contains(found.NotSeen, reason => reason.StartsWith(
            "Tailscale's status: The program 'tailscale' is not installed", StringComparison.Ordinal));
    }

    [Fact]
    public void A_daemon_that_does_not_answer_is_reported_with_its_message()
    {
        Host.Tailscale.IsRunning = false;
        Host.Docker.IsRunning = false;

        TailSplitEnvironment found = Get();

        Assert.Null(found.DockerVersion);
        Assert.Contains(
            found.NotSeen,
            reason => reason.Contains("failed to connect to local tailscaled", StringComparison.Ordinal));
        Assert.Contains(
            found.NotSeen, reason => reason.Contains("Cannot connect to the Docker daemon", StringComparison.Ordinal));
    }

    [Fact]
    public void Without_root_all_but_the_firewall_is_seen()
    {
        Host.RefusesRoot = true;

        TailSplitEnvironment found = Get();

        Assert.Equal("tailscale0", found.TunnelInterface);
        Assert.Equal([5210, 5230, 5270], found.TailscalePreference);
        Assert.Equal("oslo", found.ExitNode);
        Assert.Equal("28.5.2", found.DockerVersion);
        Assert.Null(found.IptablesVariant);
        Assert.Null(found.HiddenRule);
        Assert.Contains("needs root", Assert.Single(found.NotSeen), StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_that_only_root_may_read_is_named()
    {
        Host.Files.Protected.Add("/proc/sys/net/ipv4/conf/all/src_valid_mark");

        TailSplitEnvironment found = Get();

        Assert.Null(found.SrcValidMark);
        Assert.Contains("src_valid_mark", Assert.Single(found.NotSeen), StringComparison.Ordinal);
    }

    [Fact]
    public void Docker_in_the_store_that_iptables_does_not_show_is_found()
    {
        FakeHost host = new();
        UsualFiles.Write(host.Files);
        host.Firewall[IpFamily.IPv4, IptablesVariant.Legacy].Load(UsualRules.Docker);
        host.Firewall[IpFamily.IPv4, IptablesVariant.Nft].Load(UsualRules.Tailscale);
        using Session session = new(host);

        TailSplitEnvironment found = Assert.Single(
            session.Run("Get-TailSplitEnvironment").AssertNoErrors().Of<TailSplitEnvironment>());

        Assert.Equal(FirewallStore.Legacy, found.IptablesVariant);
        Assert.Equal(7, found.HiddenRule);
    }

    [Fact]
    public void Without_iptables_legacy_the_kernel_says_whether_it_was_ever_used()
    {
        Host.Missing.UnionWith(["iptables-legacy-save", "ip6tables-legacy-save"]);
        Assert.Equal(0, Get().HiddenRule);

        Host.Files["/proc/net/ip_tables_names"] = "filter\n";
        TailSplitEnvironment found = Get();
        Assert.Null(found.HiddenRule);
        Assert.Contains("iptables-legacy is not installed", Assert.Single(found.NotSeen), StringComparison.Ordinal);
    }

    [Fact]
    public void The_reverse_path_check_is_the_larger_of_two_numbers()
    {
        Host.Files["/proc/sys/net/ipv4/conf/all/rp_filter"] = "1\n";
        Host.Files["/proc/sys/net/ipv4/conf/eth0/rp_filter"] = "0\n";

        TailSplitEnvironment found = Get();

        Assert.Equal(ReversePathFilter.Strict, found.RpFilter["eth0"]);
        Assert.Equal(ReversePathFilter.Loose, found.RpFilter["docker0"]);
    }

    [Fact]
    public void A_drop_in_of_networkd_is_read_over_its_main_file()
    {
        Host.Systemd.ActiveUnits.Add("systemd-networkd.service");
        Assert.True(Get().NetworkdDeletesRule);

        Host.Files["/usr/lib/systemd/networkd.conf"] = "[Network]\nManageForeignRoutingPolicyRules=yes\n";
        Host.Files["/usr/lib/systemd/networkd.conf.d/10-tailsplit.conf"] = "[Network]\n"
            + "ManageForeignRoutingPolicyRules=no\n";
        Assert.False(Get().NetworkdDeletesRule);

        // A file of the same name below /etc takes the place of the one below /usr/lib.
        Host.Files["/etc/systemd/networkd.conf.d/10-tailsplit.conf"] = "";
        Assert.True(Get().NetworkdDeletesRule);
    }

    [Fact]
    public void An_exit_node_that_is_chosen_but_not_routed_is_told_as_both()
    {
        Host.Routes.RemoveTable(52);
        Host.Tailscale.BackendState = "Stopped";

        TailSplitEnvironment found = Get();

        Assert.Equal("oslo", found.ExitNode);
        Assert.False(found.ExitNodeActive);
        Assert.Equal("Stopped", found.TailscaleState);
    }

    private TailSplitEnvironment Get() =>
        Assert.Single(_session.Run("Get-TailSplitEnvironment").AssertNoErrors().Of<TailSplitEnvironment>());
}
