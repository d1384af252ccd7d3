using CsCheck;
using TailSplit.Core.Compilation;
using TailSplit.Core.Iptables;
using TailSplit.Core.Model;
using TailSplit.Core.Rules;
using TailSplit.Tests.Core.Generators;
using Xunit;

namespace TailSplit.Tests.Core.Rules;

public sealed class RuleOwnerTests
{
    // struct xt_comment_info (linux/netfilter/xt_comment.h): 256 bytes with the terminator.
    private const int LongestComment = 255;

    private static readonly RuleOwner s_media =
        new(PolicyKind.Killswitch, PolicyName.Parse("media"), PolicyName.Parse("media"), Samples.Bridge);

    private static readonly Gen<PolicyName> s_names = Gen.Char["abcXYZ019_.-"].Array[0, 78]
        .Select(characters => PolicyName.Parse("n" + new string(characters)));

    private static readonly Gen<InterfaceName> s_bridges = Gen.Char["abc019_.-"].Array[0, 14]
        .Select(characters => InterfaceName.Parse("b" + new string(characters)));

    private static readonly Gen<RuleOwner> s_owners = Gen.Select(
        Gen.Enum<PolicyKind>(), s_names, s_names, s_bridges, Gen.Int[0, 3],
        (kind, name, network, bridge, shape) => new RuleOwner(
            kind, name, shape > 1 ? network : null, shape % 2 == 1 ? bridge : null));

    [Fact]
    public void A_comment_says_its_owner() => s_owners.Sample(owner =>
    {
        Assert.True(RuleOwner.TryParse(owner.ToString(), out RuleOwner? read));
        Assert.Equal(owner, read);
    }, iter: 1000);

    [Fact]
    public void A_comment_says_the_subnets_that_it_has_room_for()
    {
        RuleOwner owner = s_media with { Subnets = Samples.Cidrs("172.18.0.0/16", "fd00:18::/64") };
        RuleOwner crowded = owner
            with
        { Network = PolicyName.Parse(new string('n', 80)), Name = PolicyName.Parse(new string('n', 72)) };

        Assert.True(RuleOwner.TryParse(owner.ToString(), out RuleOwner? read));
        Assert.Equal(owner.Subnets, read.Subnets);
        Assert.InRange(crowded.ToString().Length, 1, LongestComment);
        Assert.True(RuleOwner.TryParse(crowded.ToString(), out RuleOwner? cut));
        Assert.All(cut.Subnets, subnet => Assert.Contains(subnet, owner.Subnets));
    }

    [Fact]
    public void A_comment_fits_the_kernel() =>
        s_owners.Sample(owner => Assert.InRange(owner.ToString().Length, 1, LongestComment), iter: 1000);

    [Fact]
    public void The_longest_comment_there_can_be_fits_the_kernel() => Assert.InRange(
        new RuleOwner(
            PolicyKind.Killswitch, PolicyName.Parse(new string('n', 80)), PolicyName.Parse(new string('n', 80)),
            InterfaceName.Parse(new string('b', 15))).ToString().Length,
        1, LongestComment);

    [Fact]
    public void No_rule_has_a_comment_or_chain_that_the_kernel_would_refuse() => PolicyGen.Sets.Sample(
        policies => Assert.All(
            RuleCompiler.Compile(policies, RuleEnvironment.Usual, _ => new HookSites(false, false)).Select(
                rule => rule.Rule).OfType<IptablesRule>(),
            rule =>
            {
                Assert.InRange(rule.Specification.Comment!.Length, 1, LongestComment);
                Assert.InRange(rule.Chain.Length, 1, 28);
            }));

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("tailsplit")]
    [InlineData("tailsplit ")]
    [InlineData("tailsplit made this chain")]
    [InlineData("tailsplit bypass")]
    [InlineData("tailsplit bypass ")]
    [InlineData("tailsplit bypass -x")]
    [InlineData("tailsplit Bypass media")]
    [InlineData("tailsplit  bypass media")]
    [InlineData(" tailsplit bypass media")]
    [InlineData("Tailsplit bypass media")]
    [InlineData("tailsplitter bypass media")]
    public void Another_comment_names_no_owner(string? comment) => Assert.False(RuleOwner.TryParse(comment, out _));

    [Fact]
    public void Fields_of_later_versions_are_ignored()
    {
        Assert.True(
            RuleOwner.TryParse("tailsplit bypass media later=1 network=media bridge=br/0", out RuleOwner? owner));
        Assert.Equal(new RuleOwner(PolicyKind.Bypass, PolicyName.Parse("media"), PolicyName.Parse("media")), owner);
    }
}
