namespace TailSplit.Lab.Diagnosis;

/// <summary>
/// Each way in which iptables can pass a policy by: one check sees it, and its remedy fixes it.
/// </summary>
[Collection(typeof(SharedDoctorLab))]
public sealed class IptablesTroubleTests(DoctorLab doctor)
{
    private Lab Lab => doctor.Lab;

    [Theory]
    [InlineData("iptables")]
    [InlineData("ip6tables")]
    public async Task A_docker_user_chain_that_forward_does_not_lead_to_fails(string program)
    {
        try
        {
            Trouble trouble = await doctor.Sees(
                "DockerUser", "Fail", () => Lab.Host.RunLines($"{program}-nft -D FORWARD -j DOCKER-USER"));
            Assert.Equal("New-TailSplitKillswitch torrents -Force", trouble.Remedy);
        }
        finally
        {
            await PutDockersJumpBack(program);
        }
    }

    [Fact]
    public async Task A_docker_user_chain_behind_a_rule_that_accepts_fails()
    {
        try
        {
            await doctor.Sees("DockerUser", "Fail", () => Lab.Host.RunLines(
                "iptables-nft -D FORWARD -j DOCKER-USER\n" +
                "iptables-nft -A FORWARD -s 203.0.113.200 -j ACCEPT\n" +
                "iptables-nft -A FORWARD -j DOCKER-USER"));
        }
        finally
        {
            await PutDockersJumpBack("iptables");
            await Lab.Host.RunLines("iptables-nft -D FORWARD -s 203.0.113.200 -j ACCEPT");
        }
    }

    [Fact]
    public Task Rules_in_the_other_iptables_store_are_a_warning() => doctor.Tells(
        "OtherIptables", "Warn",
        () => Lab.Host.RunLines(
            "iptables-legacy -A FORWARD -s 203.0.113.99 -p tcp -m conntrack --ctstate RELATED,ESTABLISHED -j DROP\n" +
            "ip6tables-legacy -A INPUT -s 2001:db8::99 -j DROP"),
        () => Lab.Host.RunLines(
            "iptables-legacy -D FORWARD -s 203.0.113.99 -p tcp -m conntrack --ctstate RELATED,ESTABLISHED -j DROP\n" +
            "ip6tables-legacy -D INPUT -s 2001:db8::99 -j DROP"));

    [Fact]
    public async Task Tailscales_chains_in_the_other_iptables_store_are_no_trouble()
    {
        await Lab.Host.RunLines(
            "iptables-legacy -N ts-input\niptables-legacy -A INPUT -j ts-input\n" +
            "iptables-legacy -A ts-input -s 100.64.0.0/10 ! -i tailscale0 -j DROP");
        try
        {
            Assert.Empty(await doctor.Troubles());
            Assert.Contains(
                "TS_DEBUG_FIREWALL_MODE",
                await doctor.Run("(Test-TailSplitPolicy | Where-Object Check -eq OtherIptables).Detail"),
                StringComparison.Ordinal);
        }
        finally
        {
            await Lab.Host.RunLines(
                "iptables-legacy -D INPUT -j ts-input\niptables-legacy -F ts-input\niptables-legacy -X ts-input");
        }
    }

    // Docker's own jump, first as Docker puts it; the policy's jump into FORWARD goes with its next command.
    private async Task PutDockersJumpBack(string program)
    {
        await Lab.Host.TryRun($"{program}-nft", ["-D", "FORWARD", "-j", "DOCKER-USER"]);
        await Lab.Host.RunLines($"{program}-nft -I FORWARD -j DOCKER-USER");
        await doctor.Run("New-TailSplitKillswitch torrents -Force | Out-Null");
        Assert.Empty(await doctor.Troubles());
    }
}
