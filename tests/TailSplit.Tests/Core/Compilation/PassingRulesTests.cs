using TailSplit.Core.Iptables;
using Xunit;

namespace TailSplit.Tests.Core.Compilation;

public sealed class PassingRulesTests
{
    private const string Chains = """
        *filter
        :FORWARD ACCEPT [0:0]
        :EMPTY - [0:0]
        :RETURNS - [0:0]
        :DROPS - [0:0]
        :ACCEPTS - [0:0]
        :OUTER - [0:0]
        :GOES - [0:0]
        :DEEP1 - [0:0]
        :DEEP2 - [0:0]
        :DEEP3 - [0:0]
        :ts-forward - [0:0]
        -A RETURNS -s 10.0.0.0/8 -j RETURN
        -A DROPS -j LOG
        -A DROPS -j DROP
        -A ACCEPTS -s 10.0.0.0/8 -j ACCEPT
        -A OUTER -j RETURNS
        -A OUTER -j ACCEPTS
        -A GOES -g RETURNS
        -A DEEP1 -j DEEP2
        -A DEEP2 -j DEEP3
        -A DEEP3 -j ACCEPT
        -A ts-forward -m mark --mark 0x40000/0xff0000 -j ACCEPT
        COMMIT
        """;

    [Theory]
    [InlineData("-j ACCEPT", true)]
    [InlineData("-i eth0 -j ACCEPT", true)]
    [InlineData("-j RETURN", true)]
    [InlineData("-s 10.0.0.0/8 -j RETURN", true)]
    [InlineData("-j DROP", false)]
    [InlineData("-j REJECT --reject-with icmp-port-unreachable", false)]
    [InlineData("-j LOG --log-prefix \"-j ACCEPT \"", false)]
    [InlineData("-m comment --comment \"-j ACCEPT\" -j DROP", false)]
    [InlineData("-j MARK --set-xmark 0x1/0x1", false)]
    [InlineData("-s 10.0.0.0/8", false)]
    [InlineData("", false)]
    [InlineData("-j EMPTY", false)]
    [InlineData("-j RETURNS", false)]
    [InlineData("-j DROPS", false)]
    [InlineData("-j ACCEPTS", true)]
    [InlineData("-j OUTER", true)]
    [InlineData("-j DEEP1", true)]
    [InlineData("-j GOES", true)]
    [InlineData("-g RETURNS", true)]
    [InlineData("-g DROPS", true)]
    [InlineData("-j ts-forward", false)]
    [InlineData("-j TAILSPLIT-KILLSWITCH", false)]
    [InlineData("-j TSK-media", false)]
    [InlineData("-j NOWHERE", true)]
    [InlineData("-j NFQUEUE --queue-num 1", true)]
    [InlineData("-j SYNPROXY", true)]
    [InlineData("-j drop", true)]
    public void A_foreign_rule_may_let_a_packet_pass_us_by(string rule, bool may) => Assert.Equal(
        may, PassingRules.MayPass(SavedRuleset.Parse(Chains), IptablesTable.Filter, IptablesSpecification.Parse(rule)));

    [Theory]
    [InlineData("-j MASQUERADE", false)]
    [InlineData("-s 172.17.0.0/16 ! -o docker0 -j MASQUERADE", false)]
    [InlineData("-j SNAT --to-source 192.0.2.1", true)]
    [InlineData("-j ts-postrouting", false)]
    public void In_nat_a_translation_to_another_address_passes_us_by(string rule, bool may) => Assert.Equal(
        may, PassingRules.MayPass(SavedRuleset.Empty, IptablesTable.Nat, IptablesSpecification.Parse(rule)));

    /// <summary>While no container runs it is empty; the next one fills it.</summary>
    [Fact]
    public void The_chain_of_podman_lets_packets_pass_though_it_is_empty() => Assert.True(PassingRules.MayPass(
        SavedRuleset.Parse("*filter\n:NETAVARK_FORWARD - [0:0]\nCOMMIT\n"), IptablesTable.Filter,
        IptablesSpecification.Parse("-m comment --comment \"netavark firewall plugin rules\" -j NETAVARK_FORWARD")));

    [Fact]
    public void Chains_that_lead_in_a_circle_are_no_trap()
    {
        SavedRuleset saved = SavedRuleset.Parse("*filter\n:A - [0:0]\n:B - [0:0]\n-A A -j B\n-A B -j A\nCOMMIT\n");

        // The kernel takes no such circle (ELOOP); nothing in this one lets a packet pass.
        Assert.False(PassingRules.MayPass(saved, IptablesTable.Filter, IptablesSpecification.Parse("-j A")));
    }

    [Fact]
    public void Many_jumps_between_harmless_chains_are_read_in_no_time()
    {
        // Each chain jumps twenty times to the next: 160,000 ways through, and five chains.
        string save = "*filter\n" + string.Concat(Enumerable.Range(0, 4).SelectMany(depth =>
            Enumerable.Repeat($"-A CHAIN{depth} -j CHAIN{depth + 1}\n", 20))) + "-A CHAIN4 -j DROP\nCOMMIT\n";
        CountingClock clock = new();

        Assert.False(
            PassingRules.MayPass(SavedRuleset.Parse(save), IptablesTable.Filter, IptablesSpecification.Parse("-j CHAIN0")));

        Assert.InRange(clock.Allocated, 0, 1_000_000);
    }

    // What was allocated tells how much was read, the same on every machine.
    private sealed class CountingClock
    {
        private readonly long _before = GC.GetAllocatedBytesForCurrentThread();

        public long Allocated => GC.GetAllocatedBytesForCurrentThread() - _before;
    }
}
