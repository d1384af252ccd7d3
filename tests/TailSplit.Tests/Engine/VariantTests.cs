using TailSplit.Core.Iptables;
using TailSplit.Core.Model;
using TailSplit.Output;
using TailSplit.Tests.Engine.Hosting;
using TailSplit.Tests.Fakes;
using Xunit;

namespace TailSplit.Tests.Engine;

/// <summary>Rules go where Docker's are: into the store of nf_tables or into that of x_tables.</summary>
public sealed class VariantTests
{
    [Theory]
    [InlineData(IptablesVariant.Nft, IptablesVariant.Legacy)]
    [InlineData(IptablesVariant.Legacy, IptablesVariant.Nft)]
    public void Rules_are_written_to_the_store_that_holds_dockers_chains(IptablesVariant usual, IptablesVariant dockers)
    {
        FakeHost host = Host(usual, dockers);
        // Where there was none, an empty one would stay: iptables deletes no table.
        foreach (IpFamily family in IpFamilies.All)
            host.Firewall[family, dockers].Load("*mangle\nCOMMIT\n");

        string before = host.Rules;
        using Session session = new(host);

        session.Run("New-TailSplitKillswitch torrents").AssertNoErrors();

        foreach (IpFamily family in IpFamilies.All)
        {
            Assert.DoesNotContain("TSK-", host.Firewall[family, usual].Save(counters: false), StringComparison.Ordinal);
            Assert.Contains(
                "TSK-torrents", host.Firewall[family, dockers].Save(counters: false), StringComparison.Ordinal);
        }

        Assert.Equal(PolicyState.Active, Assert.Single(session.Run("Get-TailSplitPolicy").Policies).State);
        session.Run("Remove-TailSplitPolicy *").AssertNoErrors();
        Assert.Equal(before, host.Rules);
    }

    [Fact]
    public void Without_docker_and_without_the_other_variants_the_usual_store_is_taken()
    {
        FakeHost host = Host(IptablesVariant.Nft, dockers: null);
        host.Missing.UnionWith(["iptables-nft-save", "iptables-legacy-save"]);
        using Session session = new(host);

        session.Run("New-TailSplitKillswitch -Subnet 10.99.0.0/16 -Bridge br-lab").AssertNoErrors();

        Assert.Contains("TSK-br-lab", host.Firewall[IpFamily.IPv4].Save(counters: false), StringComparison.Ordinal);
    }

    [Fact]
    public void On_a_host_without_any_table_nothing_but_empty_tables_is_left_afterwards()
    {
        FakeHost host = Host(IptablesVariant.Nft, dockers: null);
        using Session session = new(host);

        session.Run(
            "New-TailSplitKillswitch -Subnet 10.99.0.0/16 -Bridge br-lab -BlockHost; New-TailSplitBypass -Subnet "
                + "fd00:99::/64 -Bridge br-x").AssertNoErrors();
        session.Run("Remove-TailSplitPolicy *").AssertNoErrors();

        // The kernel keeps a table that was used once; there is no way to give it back by iptables.
        Assert.DoesNotContain(
            host.Firewall.Save(counters: false).Split('\n'),
            line => line.StartsWith('-') || line.Contains(" - [", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(IptablesVariant.Nft, IptablesVariant.Legacy)]
    [InlineData(IptablesVariant.Legacy, IptablesVariant.Nft)]
    public void A_policy_in_the_store_that_docker_has_left_is_still_seen_and_removed(
        IptablesVariant usual, IptablesVariant left)
    {
        using Session session = new(Moved(usual, left));

        TailSplitPolicy policy = Assert.Single(session.Run("Get-TailSplitPolicy").AssertNoErrors().Policies);
        Assert.Equal(
            (PolicyState.Degraded, PolicyKind.Killswitch, "torrents"), (policy.State, policy.Kind, policy.Name));
        Assert.True(policy.BlockHost);

        session.Run("Remove-TailSplitPolicy torrents").AssertNoErrors();

        Assert.DoesNotContain("TSK-torrents", session.Host.Firewall.Save(counters: false), StringComparison.Ordinal);
        Assert.DoesNotContain("\"protocol\":\"84\"", session.Host.Routes.Save(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("New-TailSplitKillswitch torrents -BlockHost")]
    [InlineData("New-TailSplitBypass media")]
    public void Policies_move_to_dockers_store_with_the_next_change_of_any_policy(string change)
    {
        using Session session = new(Moved(IptablesVariant.Nft, IptablesVariant.Legacy));
        bool open = false;
        session.Host.Intruders.Add(new Intruder(
            Calls.IsWrite,
            host => open |= !host.Firewall.Save(counters: false).Contains(
                "-A TSK-torrents -m comment --comment \"tailsplit killswitch torrents\" -j DROP",
                StringComparison.Ordinal))
        { Times = int.MaxValue });

        session.Run(change).AssertNoErrors();

        Assert.False(open);
        Assert.All(
            session.Run("Get-TailSplitPolicy").Policies, policy => Assert.Equal(PolicyState.Active, policy.State));
        foreach (IpFamily family in IpFamilies.All)
        {
            string left = session.Host.Firewall[family, IptablesVariant.Legacy].Save(counters: false);
            Assert.DoesNotContain("TSK-", left, StringComparison.Ordinal);
            Assert.DoesNotContain("TAILSPLIT", left, StringComparison.Ordinal);
        }

        session.Host.Forget();
        session.Run(change).AssertNoErrors();
        Assert.Equal(0, session.Host.Writes);
    }

    // iptables-save prints nothing at all of an empty store, so one family may not say which store it is.
    [Theory]
    [InlineData("")]
    [InlineData("*filter\n-A INPUT -i lo -j ACCEPT\nCOMMIT\n")]
    public void Policies_come_from_the_other_store_also_where_a_family_has_no_rules_that_say_which_it_uses(string ofIPv6)
    {
        const string Closed = "New-TailSplitKillswitch -Name lab -Bridge br-lab -Subnet 10.99.0.0/16, fd00:99::/64";
        using Session session = new(Host(IptablesVariant.Legacy, dockers: null));
        session.Run(Closed).AssertNoErrors();
        session.Host.Firewall.Usual = IptablesVariant.Nft;
        session.Host.Firewall[IpFamily.IPv6].Load(ofIPv6);

        TailSplitPolicy before = Assert.Single(session.Run("Get-TailSplitPolicy").AssertNoErrors().Policies);
        session.Run(Closed).AssertNoErrors();

        Assert.Equal((PolicyState.Degraded, "lab"), (before.State, before.Name));
        Assert.Equal(PolicyState.Active, Assert.Single(session.Run("Get-TailSplitPolicy").Policies).State);
        foreach (IpFamily family in IpFamilies.All)
        {
            Assert.Contains(
                "-j DROP", session.Host.Firewall[family, IptablesVariant.Nft].Save(counters: false),
                StringComparison.Ordinal);
            Assert.DoesNotContain(
                "TSK-", session.Host.Firewall[family, IptablesVariant.Legacy].Save(counters: false),
                StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Old_rules_that_cannot_be_removed_are_an_error_that_states_what_is_in_force()
    {
        using Session session = new(Moved(IptablesVariant.Nft, IptablesVariant.Legacy));
        session.Host.Faults.Add(
            new Fault(call => call.Program == "ip6tables-legacy-restore") { Words = "no", Times = int.MaxValue });

        session.Run("New-TailSplitKillswitch torrents -BlockHost")
            .AssertError("ApplyFailed", System.Management.Automation.ErrorCategory.InvalidOperation);

        Assert.Contains(
            "TSK-torrents", session.Host.Firewall[IpFamily.IPv6, IptablesVariant.Nft].Save(counters: false),
            StringComparison.Ordinal);
    }

    // An update of the distribution switches iptables to another store; Docker follows at its next start.
    private static FakeHost Moved(IptablesVariant usual, IptablesVariant left)
    {
        FakeHost host = Host(usual, left);
        host.Add(UsualHost.Media);
        using (Session session = new(host))
            session.Run("New-TailSplitKillswitch torrents -BlockHost").AssertNoErrors();

        foreach (IpFamily family in IpFamilies.All)
            host.Firewall[family, usual].Load(UsualRules.Docker);

        return host;
    }

    private static FakeHost Host(IptablesVariant usual, IptablesVariant? dockers)
    {
        FakeHost host = new();
        host.Firewall.Usual = usual;
        host.Add(UsualHost.Torrents);
        if (dockers is IptablesVariant variant)
        {
            foreach (IpFamily family in IpFamilies.All)
                host.Firewall[family, variant].Load(UsualRules.Docker);
        }

        return host;
    }
}
