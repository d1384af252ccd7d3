using TailSplit.Execution.Programs;
using Xunit;

namespace TailSplit.Tests.Engine.Programs;

/// <summary>The words of sudo beside those of the program that it runs.</summary>
public sealed class SudoAnswerTests
{
    private const string Unresolved = "sudo: unable to resolve host nas: Name or service not known\n";

    [Theory]
    [InlineData("sudo: a password is required\n")]
    [InlineData("sudo: a terminal is required to read the password; either use the -S option ...\nsudo: a password is required\n")]
    [InlineData("sudo: interactive authentication is required\n")] // sudo-rs
    [InlineData("sudo: I'm sorry nobody. I'm afraid I can't do that\n")] // sudo-rs
    [InlineData("nobody is not in the sudoers file.\n")]
    [InlineData("nobody is not in the sudoers file.\nThis incident has been reported to the administrator.\n")]
    [InlineData("Sorry, user nobody is not allowed to execute '/usr/sbin/ip' as root on nas.\n")]
    [InlineData("Sorry, user nobody may not run sudo on nas.\n")]
    [InlineData("sudo: /etc/sudo.conf is owned by uid 1000, should be 0\n")]
    [InlineData("sudo: The \"no new privileges\" flag is set, which prevents sudo from running as root.\n")]
    [InlineData(Unresolved + "sudo: a password is required\n")]
    public void A_refusal_of_sudo_is_recognised_by_its_message(string error) =>
        Assert.NotNull(SudoAnswer.Refusal(new ProgramResult(1, "", error)));

    [Theory]
    [InlineData(1, Unresolved + "iptables-restore: line 2 failed\n")]
    [InlineData(1, Unresolved)]
    [InlineData(1, "iptables-restore: line 2 failed: Chain already exists.\n")]
    [InlineData(1, "")]
    [InlineData(0, Unresolved)]
    [InlineData(4, "sudo: a password is required\n")]
    public void A_program_that_fails_or_a_sudo_that_warns_is_no_refusal(int exitCode, string error) =>
        Assert.Null(SudoAnswer.Refusal(new ProgramResult(exitCode, "", error)));

    [Fact]
    public void A_program_that_fails_is_reported_with_its_own_message_only()
    {
        ProgramResult said = SudoAnswer.Without(
            new ProgramResult(1, "", Unresolved + "iptables-restore: line 2 failed\n"));

        Assert.Equal("iptables-restore: line 2 failed", said.Complaint);
    }
}
