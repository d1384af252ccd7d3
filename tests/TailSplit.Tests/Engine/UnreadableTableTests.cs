using System.Management.Automation;
using TailSplit.Core.Diagnosis;
using TailSplit.Core.Iptables;
using TailSplit.Core.Model;
using TailSplit.Output;
using TailSplit.Tests.Engine.Hosting;
using TailSplit.Tests.Fakes;
using Xunit;

namespace TailSplit.Tests.Engine;

/// <summary>
/// What can't be read is not taken for empty: nothing is added there, and what is in force can be removed.
/// </summary>
public sealed class UnreadableTableTests : IDisposable
{
    private const string Both = "New-TailSplitKillswitch torrents -BlockHost; New-TailSplitBypass media";

    // Every rule that names a policy is gone; only ip rules are left.
    private const string Flushed = """
        *filter
        -F TAILSPLIT-KILLSWITCH
        -F TAILSPLIT-HOST
        -F TSK-torrents
        COMMIT
        *nat
        -F TAILSPLIT-NAT
        COMMIT
        *mangle
        -F TAILSPLIT-MSS
        -F TAILSPLIT-BYPASS
        -F TSB-media
        COMMIT

        """;

    private readonly Session _session = new();

    private FakeHost Host => _session.Host;

    public static TheoryData<string, string, bool> Places => new()
    {
        { "nat", "ts-postrouting", true },
        { "nat", "POSTROUTING", true },
        { "nat", "POSTROUTING", false },
        { "nat", "DOCKER", true },
        { "nat", "DOCKER", false },
        { "filter", "ts-forward", true },
        { "filter", "ts-forward", false },
        { "filter", "FORWARD", true },
        { "mangle", "PREROUTING", true },
    };

    public void Dispose() => _session.Dispose();

    [Theory]
    [MemberData(nameof(Places))]
    public void Nothing_is_written_to_a_table_with_a_native_rule(string table, string chain, bool hasNft)
    {
        Spoil(table, chain, hasNft);
        string before = Host.Rules;
        Host.Forget();

        foreach (string script in (string[])["New-TailSplitKillswitch torrents", "New-TailSplitBypass torrents"])
        {
            Answer answer = _session.Run(script);
            if (answer.Terminated is null && answer.Errors.Count == 0)
            {
                // One that needs no rule in this table.
                Assert.NotEqual("nat", table);
                _session.Run("Remove-TailSplitPolicy torrents").AssertNoErrors();
                continue;
            }

            ErrorRecord error = answer.AssertError("TableUnreadable", ErrorCategory.InvalidOperation);
            Assert.Equal(table, error.TargetObject);
            Assert.Contains(
                chain == "ts-postrouting" || (chain == "ts-forward" && hasNft)
                    ? "TS_DEBUG_FIREWALL_MODE=iptables"
                    : $"nft list table ip {table}",
                error.ErrorDetails.RecommendedAction, StringComparison.Ordinal);
        }

        Assert.Equal(before, Host.Rules);
    }

    [Theory]
    [MemberData(nameof(Places))]
    public void Policies_in_force_are_seen_and_removed_where_a_native_rule_came_later(
        string table, string chain, bool hasNft)
    {
        string before = Host.Rules;
        _session.Run(Both).AssertNoErrors();
        Spoil(table, chain, hasNft);

        Assert.All(
            _session.Run("Get-TailSplitPolicy").AssertNoErrors().Policies,
            policy => Assert.Equal(PolicyState.Active, policy.State));
        Assert.Contains(
            _session.Run("Test-TailSplitPolicy").Of<TailSplitCheck>(),
            check => check is { Check: "Tables", Status: CheckStatus.Fail });
        _session.Run("Remove-TailSplitPolicy torrents").AssertNoErrors();
        _session.Run("Remove-TailSplitPolicy *").AssertNoErrors();

        Assert.Equal(before, Host.Rules);
    }

    [Fact]
    public void A_trace_through_such_a_table_says_that_it_is_not_sure()
    {
        _session.Run(Both).AssertNoErrors();
        Spoil("filter", "FORWARD", hasNft: true);

        TailSplitTrace trace = Assert.Single(
            _session.Run("Trace-TailSplitPacket torrents -Destination 203.0.113.9").AssertNoErrors().Of<TailSplitTrace>());

        Assert.Contains(trace.Unsure, doubt => doubt.Contains("the table filter", StringComparison.Ordinal));
    }

    [Fact]
    public void Whether_a_jump_is_overtaken_there_is_not_claimed()
    {
        _session.Run(Both).AssertNoErrors();
        Spoil("nat", "POSTROUTING", hasNft: true);

        Assert.All(
            _session.Run("Test-TailSplitPolicy").Of<TailSplitCheck>().Where(check => check.Check == "Rules"),
            check => Assert.Contains("can't be seen: see Tables", check.Detail, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("ip6tables-restore v1.8.9 (legacy): ip6tables-restore: unable to initialize table 'filter'\n\nError occurred at line: 1")]
    [InlineData("can't initialize ip6tables table `filter': Table does not exist (do you need to insmod?)")]
    public void A_kernel_without_an_ipv6_firewall_is_named(string words)
    {
        using Session session = new(UsualHost.Create(IptablesVariant.Legacy));
        session.Host.Faults.Add(new Fault(Calls.Test(IpFamily.IPv6))
        {
            Words = words,
        });

        ErrorRecord error = session.Run("New-TailSplitKillswitch torrents")
            .AssertError("IPv6TableMissing", ErrorCategory.NotInstalled);

        Assert.Contains("modprobe -a ip6table_filter", error.ErrorDetails.RecommendedAction, StringComparison.Ordinal);
        Assert.Contains("ipv6.disable=1", error.ErrorDetails.RecommendedAction, StringComparison.Ordinal);
        Assert.Contains("initialize", error.Exception.Message, StringComparison.Ordinal);
        Assert.Equal(0, session.Host.Writes);
    }

    // A kernel without xt_CONNMARK, as small devices and a host whose kernel was updated have it.
    [Theory]
    [InlineData(IptablesVariant.Nft)]
    [InlineData(IptablesVariant.Legacy)]
    public void A_kernel_without_marks_changes_nothing_and_gets_the_mechanism_that_needs_none(IptablesVariant store)
    {
        using Session session = new(UsualHost.Create(store));
        string before = session.Host.Rules;
        session.Host.Faults.Add(new Fault(call =>
            call.Program.EndsWith("-restore", StringComparison.Ordinal)
            && call.Input?.Contains("MARK --", StringComparison.Ordinal) == true)
        {
            ExitCode = 2,
            Words =
                """
                Warning: Extension CONNMARK revision 0 not supported, missing kernel module?
                iptables-restore v1.8.11 (nf_tables): unknown option "--save-mark"
                Error occurred at line: 6
                Try `iptables-restore -h' or 'iptables-restore --help' for more information.
                """,
            Times = int.MaxValue,
        });

        ErrorRecord error = session.Run("New-TailSplitBypass media")
            .AssertError("ApplyFailed", ErrorCategory.InvalidOperation);

        Assert.Contains("The running kernel has no xt_CONNMARK.", error.ErrorDetails.RecommendedAction, StringComparison.Ordinal);
        Assert.Contains("New-TailSplitBypass -Mechanism Route", error.ErrorDetails.RecommendedAction, StringComparison.Ordinal);
        Assert.Equal(before, session.Host.Rules);
        session.Run("New-TailSplitBypass media -Mechanism Route; New-TailSplitKillswitch torrents").AssertNoErrors();
        Assert.All(
            session.Run("Get-TailSplitPolicy").AssertNoErrors().Policies,
            policy => Assert.Equal(PolicyState.Active, policy.State));
    }

    // It dies, or "Parsing nftables rule failed" in the middle, and lists its tables one by one all the same.
    [Theory]
    [InlineData(3)]
    [InlineData(139)]
    public void A_save_that_breaks_off_is_made_up_for_by_a_listing(int exitCode)
    {
        string before = Host.Rules;
        Host.Faults.Add(
            new Fault(Calls.Save(IpFamily.IPv4))
            {
                ExitCode = exitCode,
                Words = "Parsing nftables rule failed",
                Times = int.MaxValue,
            });

        _session.Run(Both).AssertNoErrors();

        Assert.All(
            _session.Run("Get-TailSplitPolicy").AssertNoErrors().Policies,
            policy => Assert.Equal(PolicyState.Active, policy.State));
        _session.Run("Remove-TailSplitPolicy *").AssertNoErrors();
        Assert.Equal(before, Host.Rules);
    }

    [Theory]
    [InlineData("iptables-nft-save/1.8.7 Failed to initialize nft: Protocol not supported")]
    [InlineData("iptables-nft-save: Could not fetch rule set generation id: Operation not supported")]
    [InlineData("iptables-nft-save/1.8.7 (nf_tables): Could not fetch rule set generation id: Invalid argument")]
    public void A_kernel_without_nf_tables_holds_nothing_there(string words)
    {
        using Session session = new(UsualHost.Create(IptablesVariant.Legacy));
        session.Host.Faults.Add(new Fault(call =>
            call.Program.EndsWith("-nft-save", StringComparison.Ordinal) && call.Arguments is ["-c"])
        {
            ExitCode = 1,
            Words = words,
            Times = int.MaxValue,
        });
        string before = session.Host.Rules;

        session.Run(Both).AssertNoErrors();
        Assert.Equal(2, session.Run("Get-TailSplitPolicy").AssertNoErrors().Policies.Count);
        session.Run("Test-TailSplitPolicy").AssertNoErrors();
        session.Run("Remove-TailSplitPolicy *").AssertNoErrors();

        Assert.Equal(before, session.Host.Rules);
    }

    [Theory]
    [InlineData("internal:0:0-0: Error: cache initialization failed: Protocol not supported")]
    [InlineData("netlink: Error: cache initialization failed: Invalid argument")]
    public void Nft_does_not_block_iptables_on_a_kernel_without_nf_tables(string words)
    {
        using Session session = new(UsualHost.Create(IptablesVariant.Legacy));
        session.Host.Faults.Add(new Fault(call => call.Program == "nft") { ExitCode = 1, Words = words, Times = int.MaxValue });
        string before = session.Host.Rules;

        session.Run(Both).AssertNoErrors();
        foreach (IpFamily family in IpFamilies.All)
            session.Host.Firewall[family].Load(Flushed);

        Assert.Equal(2, session.Run("Get-TailSplitPolicy").AssertNoErrors().Policies.Count);
        Assert.Equal(
            "NoNfTables,TailSplit.Commands.NewTailSplitKillswitchCommand",
            session.Run("New-TailSplitKillswitch torrents -FirewallBackend Nftables -Force").Error.FullyQualifiedErrorId);
        session.Run("Remove-TailSplitPolicy *").AssertNoErrors();
        session.Run(Both).AssertNoErrors();
        session.Run("Remove-TailSplitPolicy *").AssertNoErrors();

        Assert.Equal(before, session.Host.Rules);
    }

    [Fact]
    public void Where_iptables_means_a_store_that_the_kernel_has_not_the_other_is_taken()
    {
        FakeHost host = UsualHost.Create(IptablesVariant.Legacy);
        host.Firewall.Usual = IptablesVariant.Nft;
        host.Faults.Add(new Fault(call => call.Arguments is ["-c"]
            && call.Program is "iptables-save" or "ip6tables-save" or "iptables-nft-save" or "ip6tables-nft-save")
        {
            ExitCode = 1,
            Words = "Failed to initialize nft: Protocol not supported",
            Times = int.MaxValue,
        });
        using Session session = new(host);

        session.Run(Both).AssertNoErrors();

        Assert.Contains(
            "TSK-torrents", host.Firewall[IpFamily.IPv6, IptablesVariant.Legacy].Save(false),
            StringComparison.Ordinal);
    }

    [Fact]
    public void What_a_save_hides_is_written_once_and_the_error_says_how_to_take_it_away()
    {
        Host.Firewall[IpFamily.IPv4].Load("*nat\nCOMMIT\n");
        Host.Firewall[IpFamily.IPv4].Find("nat")!.IsHidden = true;

        ErrorRecord error = _session.Run("New-TailSplitKillswitch torrents")
            .AssertError("ApplyFailed", ErrorCategory.InvalidOperation);

        Assert.Single(
            Host.Firewall[IpFamily.IPv4].Find("nat", "POSTROUTING")!.Rules, rule => rule.Target == "TAILSPLIT-NAT");
        Assert.DoesNotContain(
            "TSK-", Host.Firewall[IpFamily.IPv4].Save(counters: false), StringComparison.Ordinal);
        Assert.Contains(
            "iptables -t nat -D POSTROUTING -m comment --comment tailsplit -j TAILSPLIT-NAT; ",
            error.ErrorDetails.RecommendedAction, StringComparison.Ordinal);
        Assert.DoesNotContain("rules are as they were", error.ErrorDetails.RecommendedAction, StringComparison.Ordinal);
    }

    [Fact]
    public void A_restored_state_that_differs_is_reported_with_the_rules_that_are_left()
    {
        Host.Faults.Add(new Fault(Calls.Batch(IpFamily.IPv4)) { Times = int.MaxValue });
        Host.Intruders.Add(new Intruder(Calls.Restore(IpFamily.IPv4), host => host.Firewall[IpFamily.IPv4].Load(
            """
            *mangle
            :TAILSPLIT-BYPASS - [0:0]
            -F TAILSPLIT-BYPASS
            -A TAILSPLIT-BYPASS -m comment --comment tailsplit -j RETURN
            COMMIT

            """))
        { Times = int.MaxValue });

        ErrorRecord error = _session.Run("New-TailSplitKillswitch torrents")
            .AssertError("ApplyFailed", ErrorCategory.InvalidOperation);

        Assert.StartsWith(
            "The rules are not as they were before. Left behind is one rule: ", error.ErrorDetails.RecommendedAction,
            StringComparison.Ordinal);
        Assert.EndsWith(
            "Remove it with: iptables -t mangle -F TAILSPLIT-BYPASS; iptables -t mangle -X TAILSPLIT-BYPASS.",
            error.ErrorDetails.RecommendedAction, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Get-TailSplitPolicy")]
    [InlineData("Get-TailSplitRule")]
    [InlineData("Test-TailSplitPolicy -Quiet")]
    [InlineData("New-TailSplitKillswitch torrents")]
    [InlineData("New-TailSplitBypass media")]
    [InlineData("Remove-TailSplitPolicy *")]
    public void Ip_rules_of_no_policy_in_iptables_are_an_error_while_nft_crashes(string command)
    {
        _session.Run("New-TailSplitKillswitch torrents").AssertNoErrors();
        foreach (IpFamily family in (IpFamily[])[IpFamily.IPv4, IpFamily.IPv6])
            Host.Firewall[family].Flush();

        // The control: an nft that says "no table" leaves a policy whose firewall rules are gone.
        Assert.Equal(PolicyState.Degraded, Assert.Single(_session.Run("Get-TailSplitPolicy").AssertNoErrors().Policies).State);
        Host.Nft.Dies = true;
        string before = Host.Rules;

        ErrorRecord error = _session.Run(command).AssertError("ReadFailed", ErrorCategory.ResourceUnavailable);

        Assert.Contains("nft -j list table inet tailsplit", error.Exception.Message, StringComparison.Ordinal);
        Assert.Equal(before, Host.Rules);
    }

    [Theory]
    [InlineData("BusyBox v1.35.0 (Debian 1:1.35.0-4) multi-call binary.\n\nUsage: ip [OPTIONS] OBJECT", "BusyBox")]
    [InlineData("Option \"-j\" is unknown, try \"ip -help\".", "too old")]
    public void An_ip_that_knows_no_json_is_named_with_the_package_that_does(string words, string named)
    {
        Host.Faults.Add(
            new Fault(call => call.Program == "ip") { ExitCode = 1, Words = words, Times = int.MaxValue });

        ErrorRecord error = _session.Run("New-TailSplitKillswitch torrents")
            .AssertError("IprouteNeeded", ErrorCategory.NotInstalled);

        Assert.Contains(named, error.Exception.Message, StringComparison.Ordinal);
        Assert.Contains("iproute2", error.ErrorDetails.RecommendedAction, StringComparison.Ordinal);
    }

    private void Spoil(string table, string chain, bool hasNft)
    {
        if (!hasNft)
            Host.Missing.Add("nft");

        // Else the policies would go to a table of their own.
        Host.Nft.Dies = hasNft;

        Host.Firewall[IpFamily.IPv4].Load($"*{table}\nCOMMIT\n");
        Host.Firewall[IpFamily.IPv4].Find(table)!.Native.Add(chain);
    }
}
