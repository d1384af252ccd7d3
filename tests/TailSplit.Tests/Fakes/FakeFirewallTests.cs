using TailSplit.Core.Model;
using TailSplit.Execution.Programs;
using TailSplit.Tests.Fakes.Netfilter;
using Xunit;

namespace TailSplit.Tests.Fakes;

/// <summary>
/// The fake is as strict as iptables-restore 1.8.9 (nf_tables), whose words and exit codes these are.
/// </summary>
public sealed class FakeFirewallTests
{
    private readonly FakeFirewall _firewall = new();

    [Theory]
    [InlineData("-N A\n-N A", 1, "iptables-restore: line 3 failed: Chain already exists.")]
    [InlineData("-A NOPE -j DROP", 1, "iptables-restore: line 2 failed: No chain/target/match by that name.")]
    [InlineData("-X NOPE", 1, "iptables-restore: line 2 failed: No chain/target/match by that name.")]
    [InlineData(
        "-D FORWARD -j DROP", 1,
        "iptables-restore: line 2 failed: Bad rule (does a matching rule exist in that chain?).")]
    [InlineData("-N A\n-A FORWARD -j A\n-X A", 4, "line 4: CHAIN_DEL failed (Device or resource busy): chain A")]
    [InlineData("-N A\n-A A -j DROP\n-X A", 4, "line 4: CHAIN_DEL failed (Device or resource busy): chain A")]
    [InlineData("-A FORWARD -j NOPE", 2, "Chain 'NOPE' does not exist")]
    [InlineData("-A FORWARD --bogus", 2, "unknown option \"--bogus\"")]
    [InlineData("-A FORWARD --ctstate NEW -j DROP", 2, "unknown option \"--ctstate\"")]
    [InlineData("-N TSK-aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", 2, "too long (must be under 29 chars)")]
    [InlineData("-A FORWARD -i abcdefghijklmnopq -j DROP", 2, "must be shorter than IFNAMSIZ (15)")]
    [InlineData("-A INPUT -o eth0 -j DROP", 2, "Can't use -o with INPUT")]
    [InlineData("-A FORWARD -j MASQUERADE", 4, "RULE_APPEND failed (Invalid argument)")]
    [InlineData("-A FORWARD -s fd00::/8 -j DROP", 2, "host/network `fd00::/8' not found")]
    public void An_impossible_change_fails_with_the_message_of_the_tool_and_changes_nothing(
        string lines, int exitCode, string words)
    {
        ToolFailure failure = Assert.Throws<ToolFailure>(() => Restore($"*filter\n{lines}\nCOMMIT\n"));

        Assert.Equal(exitCode, failure.Result.ExitCode);
        Assert.Contains(words, failure.Message, StringComparison.Ordinal);
        Assert.Equal("", _firewall[IpFamily.IPv4].Save(counters: true));
    }

    [Theory]
    [InlineData("*filter\n-A FORWARD -j DROP\n", "COMMIT expected at line 3")]
    [InlineData("garbage\nCOMMIT\n", "line 1 failed")]
    [InlineData("*nope\nCOMMIT\n", "table name 'nope' invalid")]
    public void A_text_that_is_no_restore_fails(string text, string words) =>
        Assert.Contains(words, Assert.Throws<ToolFailure>(() => Restore(text)).Message, StringComparison.Ordinal);

    [Fact]
    public void Rules_are_printed_in_the_one_way_of_iptables_save()
    {
        Restore("""
            *filter
            :B - [0:0]
            -A FORWARD -m conntrack --ctstate ESTABLISHED,RELATED --ctdir REPLY -s 1.2.3.4 -m comment --comment "a b" -j RETURN
            [3:4] -I FORWARD 1 -d 0.0.0.0/0 -m connmark --mark 0x80000/0xff0000 -j LOG
            -A B ! -i lo -s 10.0.0.0/8 -g B
            COMMIT

            """);

        Assert.Contains(
            """
            [3:4] -A FORWARD -m connmark --mark 0x80000/0xff0000 -j LOG
            [0:0] -A FORWARD -s 1.2.3.4/32 -m conntrack --ctstate RELATED,ESTABLISHED --ctdir REPLY -m comment --comment "a b" -j RETURN
            [0:0] -A B -s 10.0.0.0/8 ! -i lo -g B
            COMMIT
            """,
            _firewall[IpFamily.IPv4].Save(counters: true), StringComparison.Ordinal);
    }

    [Fact]
    public void What_was_saved_can_be_restored()
    {
        Restore(UsualRules.Docker + UsualRules.Tailscale);
        FakeFirewall other = new();

        other[IpFamily.IPv4].Load(_firewall[IpFamily.IPv4].Save(counters: true));

        Assert.Equal(_firewall[IpFamily.IPv4].Save(counters: true), other[IpFamily.IPv4].Save(counters: true));
    }

    [Fact]
    public void A_test_writes_nothing_and_tables_before_a_failure_stay_written()
    {
        _firewall.Run(Call("*filter\n-N A\nCOMMIT\n", "--test"), halfway: false);
        Assert.Equal("", _firewall[IpFamily.IPv4].Save(counters: true));

        Assert.Throws<ToolFailure>(() => Restore("*filter\n-N A\nCOMMIT\n*nat\n-X NOPE\nCOMMIT\n"));
        Assert.NotNull(_firewall[IpFamily.IPv4].Find("filter", "A"));
    }

    private void Restore(string text) => _firewall.Run(Call(text), halfway: false);

    private static ProgramCall Call(string text, params string[] more) =>
        new("iptables-restore", [.. more, "--noflush", "--counters", "--wait", "30"]) { Input = text };
}
