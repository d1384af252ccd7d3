using TailSplit.Core.Iptables;
using TailSplit.Core.Model;
using TailSplit.Core.Rules;
using TailSplit.Tests.Core.Generators;
using TailSplit.Tests.Core.ModelKernel;
using Xunit;

namespace TailSplit.Tests.Core.Text;

public sealed class CapturedSaveTests
{
    private static readonly Policy[] s_policies =
    [
        Samples.Killswitch("torrents", Samples.Network("torrents", "br-aaaaaaaaaaaa", "172.20.0.0/16", "fd00:20::/64"))
            with { AllowPublishedPort = true, BlockHost = true },
        Samples.Bypass("media", Samples.Network("media", "br-bbbbbbbbbbbb", "172.21.0.0/16", "fd00:21::/64")),
    ];

    public static TheoryData<string> Names => [.. Saves.Names];

    [Theory]
    [MemberData(nameof(Names))]
    public void Every_rule_of_a_save_is_kept_in_its_chain_and_order(string name)
    {
        List<string> read = [];
        foreach (SavedTable table in Saves.Parse(name).Tables)
        {
            foreach (SavedChain chain in table.Chains)
                read.AddRange(chain.Rules.Select(
                    rule => $"{table.Name}: {rule.Counters} -A {chain.Name} {rule.Specification}".TrimEnd()));
        }

        Assert.Equal(
            Lines(name).OrderBy(ChainOf, StringComparer.Ordinal), read.OrderBy(ChainOf, StringComparer.Ordinal));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Reading_what_was_printed_gives_the_same_rule_again(string name)
    {
        foreach (SavedRule rule in Saves.Parse(name).Tables.SelectMany(table => table.Chains).SelectMany(
            chain => chain.Rules))
        {
            IptablesSpecification specification = IptablesSpecification.Parse(rule.Specification);
            Assert.Equal(specification, IptablesSpecification.Parse(specification.ToString()));
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Chains_have_the_policies_that_were_printed(string name)
    {
        foreach (SavedChain chain in Saves.Parse(name).Tables.SelectMany(table => table.Chains))
            Assert.Contains($":{chain.Name} {chain.Policy} [", Saves.Read(name), StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Policies_come_and_go_on_such_a_host_and_leave_it_as_it_was(string name)
    {
        if (name.StartsWith("own", StringComparison.Ordinal))
            return;

        KernelModel kernel = new();
        kernel.Firewall[Saves.FamilyOf(name)].Load(Saves.Read(name));
        string before = kernel.State;
        string foreign = kernel.ForeignState;

        kernel.Put(RuleEnvironment.Usual, s_policies);
        Assert.True(kernel.PlanFor(RuleEnvironment.Usual).IsEmpty);
        Assert.Equal(s_policies.Reverse(), kernel.Policies(RuleEnvironment.Usual).Select(policy => policy.Policy));
        Assert.Equal(
            foreign.Replace(":DOCKER-USER - [0:0]\n", "", StringComparison.Ordinal),
            kernel.ForeignState.Replace(":DOCKER-USER - [0:0]\n", "", StringComparison.Ordinal));

        kernel.Remove(RuleEnvironment.Usual, s_policies);
        Assert.Equal(before, kernel.State);
    }

    [Theory]
    [InlineData("docker-20-v4-nft.save", true)]
    [InlineData("docker-24-v4-legacy.save", true)]
    [InlineData("docker-28-v4-nft.save", true)]
    [InlineData("docker-29-v4-nft.save", true)]
    [InlineData("docker-29-v6-nft.save", true)]
    [InlineData("firewalld-v4-nft.save", true)]
    [InlineData("ufw-v4-nft.save", false)]
    [InlineData("kube-proxy-v4-nft.save", false)]
    public void Docker_user_is_reached_where_docker_is(string name, bool reached) =>
        Assert.Equal(new HookSites(reached, reached), HookSites.Of(Saves.Parse(name)));

    // Each rule with its table; sorted by table and chain alone, which keeps the order inside a chain.
    private static IEnumerable<string> Lines(string name)
    {
        string table = "";
        foreach (string line in Saves.Read(name).Split('\n'))
        {
            if (line.StartsWith('*'))
                table = line[1..];
            else if (line.StartsWith('['))
                yield return $"{table}: {line}";
        }
    }

    private static string ChainOf(string line)
    {
        string[] words = line.Split(' ');
        return words[0] + words[3];
    }
}
