using System.Management.Automation;
using TailSplit.Commands;
using TailSplit.Core.Model;
using TailSplit.Core.Options;
using TailSplit.Core.Rules;
using TailSplit.Output;
using TailSplit.Tests.Core.Generators;
using Xunit;

namespace TailSplit.Tests.Guidelines;

/// <summary>Cmdlets, output, help and digest have every option of <see cref="PolicyOptions"/>.</summary>
public sealed class PolicyOptionPageTests
{
    public static TheoryData<string, PolicyKind> Options { get; } = new(
        from kind in Enum.GetValues<PolicyKind>()
        from option in PolicyOptions.Of(kind)
        select (option.Name, kind));

    [Theory]
    [MemberData(nameof(Options))]
    public void The_cmdlet_has_a_parameter_of_its_name_and_the_help_page_explains_it(string name, PolicyKind kind)
    {
        Type cmdlet = kind == PolicyKind.Bypass ? typeof(NewTailSplitBypassCommand) : typeof(NewTailSplitKillswitchCommand);
        string page = File.ReadAllText(Path.Combine(SourceTree.Root, "docs", "en-US", $"New-TailSplit{kind}.md"));

        Assert.NotEmpty(cmdlet.GetProperty(name)!.GetCustomAttributes(typeof(ParameterAttribute), inherit: true));
        Assert.Contains($"\n### -{name}\n", page, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Options))]
    public void The_policy_that_a_cmdlet_emits_shows_it(string name, PolicyKind kind) =>
        Assert.True(typeof(TailSplitPolicy).GetProperty(name) is not null, $"{kind} {name}");

    [Theory]
    [MemberData(nameof(Options))]
    public void The_digest_changes_with_each_option_that_the_rules_do_not_record(string name, PolicyKind kind)
    {
        PolicyOption option = PolicyOptions.All.Single(each => each.Name == name);
        Policy policy = kind == PolicyKind.Bypass ? Samples.Bypass("a", Samples.Network("a", "br-a", "10.1.0.0/16"))
            : Samples.Killswitch("a", Samples.Network("a", "br-a", "10.1.0.0/16"));
        Policy other = option switch
        {
            FlagOption flag => flag.On(policy, true),
            ChoiceOption choice => choice.Known.Split(", ").Select(text => choice.On(policy, text.Trim('\''))!).Last(),
            AddressOption addresses => addresses.On(policy, [Cidr.Parse("9.9.9.9")]),
            _ => throw new ArgumentOutOfRangeException(nameof(name)),
        };

        Assert.NotEqual(policy, other);
        Assert.False(option.IsDefault(other));
        // The backend is where the rules are.
        Assert.Equal(name == nameof(FirewallBackend), OptionsDigest.Of(policy) == OptionsDigest.Of(other));
    }
}
