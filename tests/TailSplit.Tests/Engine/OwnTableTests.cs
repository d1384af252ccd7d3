using System.Management.Automation;
using TailSplit.Core.Model;
using TailSplit.Execution.Programs;
using TailSplit.Tests.Engine.Hosting;
using TailSplit.Tests.Fakes;
using Xunit;

namespace TailSplit.Tests.Engine;

/// <summary>
/// Get-TailSplitPolicy leaves out iptables only where TailSplit's nftables table has everything of TailSplit. Otherwise,
/// and where that can't be seen, it reads iptables too.
/// </summary>
public sealed class OwnTableTests : IDisposable
{
    // Printed by nft 1.0.6.
    private const string Table = """
        {"nftables": [
        {"metainfo": {"version": "1.0.6", "release_name": "Lester Gooch #5", "json_schema_version": 1}},
        {"table": {"family": "inet", "name": "tailsplit", "handle": 1}},
        {"map": {"family": "inet", "name": "nat-from4", "table": "tailsplit", "type": "ipv4_addr", "handle": 2,
          "map": "verdict", "flags": ["interval"], "elem": [[{"elem": {
            "val": {"prefix": {"addr": "172.18.0.0", "len": 16}},
            "comment": "network=media bridge=br-0123456789ab options=095bf862 subnet=172.18.0.0/16"}},
            {"goto": {"target": "TSB-media/nat-from"}}]]}},
        {"chain": {"family": "inet", "table": "tailsplit", "name": "TSB-media/nat-from", "handle": 1}},
        {"chain": {"family": "inet", "table": "tailsplit", "name": "postrouting-nat", "handle": 4, "type": "nat",
          "hook": "postrouting", "prio": 90, "policy": "accept"}},
        {"rule": {"family": "inet", "table": "tailsplit", "chain": "TSB-media/nat-from", "handle": 3,
          "comment": "network=media bridge=br-0123456789ab options=095bf862 subnet=172.18.0.0/16",
          "expr": [{"match": {"op": "==", "left": {"meta": {"key": "oifname"}}, "right": "tailscale0"}},
            {"masquerade": null}]}},
        {"rule": {"family": "inet", "table": "tailsplit", "chain": "postrouting-nat", "handle": 5,
          "expr": [{"vmap": {"key": {"payload": {"protocol": "ip", "field": "saddr"}}, "data": "@nat-from4"}}]}}
        ]}
        """;

    private const string EmptyTable =
        """{"nftables": [{"table": {"family": "inet", "name": "tailsplit", "handle": 1}}]}""";

    private const string Chains = """
        table ip filter {
        	chain FORWARD {
        		type filter hook forward priority filter; policy drop;
        	}
        	chain DOCKER-USER {
        	}
        }
        table inet tailsplit {
        	chain TSB-media/nat-from {
        	}
        	chain postrouting-nat {
        		type nat hook postrouting priority srcnat - 10; policy accept;
        	}
        }

        """;

    private const string IPv4Tables = "/proc/net/ip_tables_names";
    private const string IPv6Tables = "/proc/net/ip6_tables_names";

    private readonly Session _session = new();

    public OwnTableTests()
    {
        Host.Nft.OwnTable = Table;
        Host.Nft.Chains = Chains;
        // x_tables is loaded, and no table of it was used since boot.
        Host.Files[IPv4Tables] = "";
        Host.Files[IPv6Tables] = "";
    }

    private FakeHost Host => _session.Host;

    private bool HasReadIptables =>
        IpFamilies.All.Any(family => Host.Calls.Any(call => Calls.Save(family)(call.Call)));

    public void Dispose() => _session.Dispose();

    [Theory]
    [InlineData("Get-TailSplitPolicy")]
    [InlineData("Get-TailSplitRule")]
    public void Iptables_is_left_out_where_it_has_no_chain_of_tailsplit(string command)
    {
        Assert.NotEmpty(_session.Run(command).AssertNoErrors().Output);

        Assert.False(HasReadIptables);
    }

    [Fact]
    public void Where_the_kernel_has_no_x_tables_iptables_is_left_out_too()
    {
        Host.Files.Remove(IPv4Tables);
        Host.Files.Remove(IPv6Tables);

        AssertPolicies("media");

        Assert.False(HasReadIptables);
    }

    [Theory]
    [InlineData("New-TailSplitKillswitch torrents -WhatIf")]
    [InlineData("Test-TailSplitPolicy")]
    public void A_command_that_needs_rules_of_others_reads_iptables(string command)
    {
        _session.Run(command);

        Assert.True(HasReadIptables);
    }

    [Theory]
    [InlineData("ip")]
    [InlineData("ip6")]
    public void A_chain_of_tailsplit_in_iptables_has_it_read(string family)
    {
        Host.Nft.OwnTable = null;
        _session.Run("New-TailSplitKillswitch torrents").AssertNoErrors();
        Host.Nft.OwnTable = Table;
        Host.Nft.Chains = $"{Chains}table {family} filter {{\n\tchain TSK-torrents {{\n\t}}\n}}\n";

        AssertReadsIptables("media", "torrents");
    }

    // A store of x_tables has no chain that nft lists.
    [Theory]
    [InlineData(IPv4Tables)]
    [InlineData(IPv6Tables)]
    public void A_table_of_iptables_legacy_has_iptables_read(string path)
    {
        Host.Files[path] = "filter\n";

        AssertReadsIptables("media");
    }

    [Theory]
    [InlineData(IPv4Tables)]
    [InlineData(IPv6Tables)]
    public void An_unreadable_list_of_legacy_tables_has_iptables_read(string path)
    {
        Host.Files.Protected.Add(path);

        AssertReadsIptables("media");
    }

    [Fact]
    public void Chains_that_nft_can_not_list_have_iptables_read()
    {
        Host.Faults.Add(new Fault(ListsChains) { Times = int.MaxValue });

        AssertReadsIptables("media");
    }

    [Fact]
    public void A_list_of_chains_that_takes_too_long_has_iptables_read()
    {
        Host.Limit = TimeSpan.FromMilliseconds(1);
        Host.Faults.Add(new Fault(ListsChains) { Point = FaultPoint.Hang, Times = int.MaxValue });

        AssertReadsIptables("media");
    }

    [Fact]
    public void Without_the_own_table_iptables_is_read()
    {
        Host.Nft.OwnTable = null;

        AssertReadsIptables();
    }

    [Fact]
    public void Beside_an_own_table_without_policies_iptables_is_left_out_too()
    {
        Host.Nft.OwnTable = EmptyTable;

        AssertPolicies();
        Assert.False(HasReadIptables);
    }

    // No ip rule of TailSplit says that an unreadable table has a policy.
    [Fact]
    public void An_own_table_that_nft_can_not_list_has_iptables_read()
    {
        Host.Nft.Dies = true;

        AssertReadsIptables();
    }

    [Fact]
    public void Without_nft_iptables_is_read()
    {
        Host.Missing.Add("nft");

        AssertReadsIptables();
    }

    [Fact]
    public void Without_iptables_the_policies_of_the_own_table_are_read_all_the_same()
    {
        Host.Missing.UnionWith(
            ["iptables", "ip6tables", "iptables-save", "ip6tables-save", "iptables-nft-save", "iptables-legacy-save"]);

        AssertPolicies("media");
        Host.Files[IPv4Tables] = "filter\n";
        AssertPolicies("media");
    }

    [Fact]
    public void A_user_who_may_not_read_either_gets_an_error()
    {
        Host.RefusesRoot = true;

        _session.Run("Get-TailSplitPolicy").AssertError("PermissionDenied", ErrorCategory.PermissionDenied);
    }

    private static bool ListsChains(ProgramCall call) => call is { Program: "nft", Arguments: ["list", "chains"] };

    private void AssertReadsIptables(params string[] policies)
    {
        Host.Forget();
        AssertPolicies(policies);
        Assert.True(HasReadIptables);
    }

    private void AssertPolicies(params string[] policies) => Assert.Equal(
        policies, _session.Run("Get-TailSplitPolicy").AssertNoErrors().Policies.Select(policy => policy.Name));
}
