using CsCheck;
using TailSplit.Core.Compilation;
using TailSplit.Core.Model;
using TailSplit.Core.Planning;
using TailSplit.Core.Rules;
using TailSplit.Tests.Core.Generators;
using TailSplit.Tests.Core.ModelKernel;
using TailSplit.Tests.Fakes.Netfilter;
using Xunit;

namespace TailSplit.Tests.Core.Planning;

/// <summary>
/// Somebody writes a rule before (or, in mangle, after) one of our jumps; the next plan puts the jump right.
/// </summary>
public sealed class OvertakenJumpTests
{
    private static readonly RuleEnvironment s_usual = RuleEnvironment.Usual;

    private static readonly KillswitchPolicy s_killswitch =
        Samples.Killswitch("torrents", Samples.Network("torrents", "br-0123456789ab", "172.20.0.0/16"))
            with
        { BlockHost = true };

    private static readonly BypassPolicy s_bypass =
        Samples.Bypass("media", Samples.Network("media", "br-ba9876543210", "172.18.0.0/16"));

    [Theory]
    [InlineData("filter", "DOCKER-USER", "-i br-0123456789ab -j ACCEPT")]
    [InlineData("filter", "DOCKER-USER", "-o eth0 -j ACCEPT")]
    [InlineData("filter", "INPUT", "-j ACCEPT")]
    [InlineData("nat", "POSTROUTING", "-s 172.20.0.0/16 ! -o br-0123456789ab -j SNAT --to-source 192.0.2.1")]
    public void A_jump_that_was_overtaken_goes_first_again(string table, string chain, string foreign)
    {
        KernelModel kernel = HostWithDocker();
        kernel.Put(s_usual, s_killswitch);
        kernel.Firewall[IpFamily.IPv4].Load($"*{table}\n-I {chain} 1 {foreign}\nCOMMIT\n");
        string before = kernel.ForeignState;

        Assert.NotEmpty(Missing(kernel));
        kernel.Apply(kernel.PlanFor(s_usual));

        List<FakeRule> rules = kernel.Firewall[IpFamily.IPv4].Find(table, chain)!.Rules;
        Assert.StartsWith("TAILSPLIT-", rules[0].Target, StringComparison.Ordinal);
        Assert.Equal(foreign, rules[1].Specification);
        Assert.Equal(before, kernel.ForeignState);
        Assert.True(kernel.PlanFor(s_usual).IsEmpty);
        Assert.Empty(Missing(kernel));
    }

    [Fact]
    public void A_jump_before_which_nothing_can_pass_stays_where_it_is()
    {
        KernelModel kernel = HostWithDocker();
        kernel.Put(s_usual, s_killswitch);
        kernel.Firewall[IpFamily.IPv4].Load(
            "*filter\n-I DOCKER-USER 1 -i eth0 -j DROP\n-I DOCKER-USER 1 -i br-cafecafecafe -j ACCEPT\n"
                + "-I INPUT 1 -j LOG\nCOMMIT\n");

        Assert.True(kernel.PlanFor(s_usual).IsEmpty);
        Assert.Empty(Missing(kernel));
    }

    [Fact]
    public void A_restore_of_marks_below_our_jump_sends_it_to_the_end_again()
    {
        KernelModel kernel = HostWithDocker();
        kernel.Put(s_usual, s_bypass);
        kernel.Firewall[IpFamily.IPv4].Load(
            "*mangle\n"
                + "-A PREROUTING -m conntrack --ctstate RELATED,ESTABLISHED -j CONNMARK --restore-mark --nfmask 0xff0000 --ctmask 0xff0000\nCOMMIT\n");

        Assert.NotEmpty(Missing(kernel));
        kernel.Apply(kernel.PlanFor(s_usual));

        Assert.EndsWith(
            "-j TAILSPLIT-BYPASS",
            kernel.Firewall[IpFamily.IPv4].Find("mangle", "PREROUTING")!.Rules[^1].Specification,
            StringComparison.Ordinal);
        Assert.True(kernel.PlanFor(s_usual).IsEmpty);
    }

    [Fact]
    public void A_chain_that_tailsplit_made_goes_when_its_last_killswitch_goes_even_if_its_jump_was_overtaken()
    {
        KernelModel kernel = new();
        string before = kernel.State;
        kernel.Put(s_usual, s_killswitch);
        kernel.Firewall[IpFamily.IPv4].Load("*filter\n-I DOCKER-USER 1 -j ACCEPT\nCOMMIT\n");
        kernel.Apply(kernel.PlanFor(s_usual));
        kernel.Firewall[IpFamily.IPv4].Load("*filter\n-D DOCKER-USER -j ACCEPT\nCOMMIT\n");

        kernel.Remove(s_usual, s_killswitch);

        Assert.Equal(before, kernel.State);
    }

    [Fact]
    public void A_chain_that_tailsplit_made_stays_once_docker_uses_it()
    {
        KernelModel kernel = new();
        kernel.Put(s_usual, s_killswitch);
        kernel.Firewall[IpFamily.IPv4].Load("*filter\n-I FORWARD 1 -j DOCKER-USER\nCOMMIT\n");

        kernel.Remove(s_usual, s_killswitch);

        Assert.Empty(kernel.Firewall[IpFamily.IPv4].Find("filter", "DOCKER-USER")!.Rules);
        Assert.Null(kernel.Firewall[IpFamily.IPv6].Find("filter", "DOCKER-USER"));
    }

    [Fact]
    public void The_jump_from_forward_goes_once_docker_reaches_its_own_chain()
    {
        KernelModel kernel = new();
        kernel.Put(s_usual, s_killswitch);
        kernel.Firewall[IpFamily.IPv4].Load("*filter\n-I FORWARD 1 -j DOCKER-USER\nCOMMIT\n");

        kernel.Apply(kernel.PlanFor(s_usual));

        FakeRule rule = Assert.Single(kernel.Firewall[IpFamily.IPv4].Find("filter", "FORWARD")!.Rules);
        Assert.Equal("-j DOCKER-USER", rule.Specification);
    }

    [Fact]
    public void One_plan_puts_jumps_in_order_among_any_other_rules() =>
        Gen.Select(ForeignGen.Kernels, PolicyGen.NonEmptySets, ForeignGen.Kernels).Sample(
            (kernel, policies, other) =>
            {
                kernel.Put(s_usual, policies);
                foreach (IpFamily family in KernelModel.Families)
                    WriteAbove(kernel.Firewall[family], other.Firewall[family]);

                string before = kernel.ForeignState;
                kernel.Apply(kernel.PlanFor(s_usual));

                Assert.Equal(before, kernel.ForeignState);
                Assert.True(kernel.PlanFor(s_usual).IsEmpty);
                LiveRules live = kernel.Read();
                Assert.All(
                    PolicyReader.Read(live, s_usual),
                    policy => Assert.Empty(new PolicyAssessment(live, s_usual).Missing(policy)));
            },
            print: triple => Show.Policies(triple.Item2));

    private static void WriteAbove(FakeRuleset firewall, FakeRuleset other)
    {
        foreach (FakeTable table in other.Tables)
        {
            foreach (FakeChain chain in table.Chains.Where(
                chain => firewall.Find(table.Name, chain.Name) is not null))
            {
                // Each foreign rule once above everything; those that were there before go down with our jump.
                foreach (FakeRule rule in chain.Rules.Where(
                    rule => TargetOptions.IsExtension(rule.Target) || firewall.Find(table.Name, rule.Target) is not null))
                {
                    firewall.Find(table.Name, chain.Name)!.Rules.Insert(0, rule);
                }
            }
        }
    }

    private static KernelModel HostWithDocker()
    {
        KernelModel kernel = new();
        foreach (IpFamily family in KernelModel.Families)
        {
            kernel.Firewall[family].Load(
                "*filter\n:DOCKER-USER - [0:0]\n-A FORWARD -j DOCKER-USER\n-A FORWARD -i docker0 -j ACCEPT\nCOMMIT\n");
        }

        return kernel;
    }

    private static IEnumerable<string> Missing(KernelModel kernel)
    {
        LiveRules live = kernel.Read();
        return PolicyReader.Read(live, s_usual)
            .SelectMany(policy => new PolicyAssessment(live, s_usual).Missing(policy));
    }
}
