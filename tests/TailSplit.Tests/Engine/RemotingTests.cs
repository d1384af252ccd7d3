using System.Management.Automation;
using TailSplit.Tests.Engine.Hosting;
using Xunit;

namespace TailSplit.Tests.Engine;

/// <summary>
/// What the cmdlets emit, after it came from another host: PowerShell carries it as text, and makes property bags of
/// it.
/// </summary>
public sealed class RemotingTests : IDisposable
{
    private readonly Session _session = new();

    public RemotingTests() => _session.Given(
        $"New-TailSplitBypass media; New-TailSplitKillswitch torrents, games -AllowDestination 192.168.1.0/24");

    public void Dispose() => _session.Dispose();

    [Theory]
    [InlineData("Get-TailSplitPolicy torrents")]
    [InlineData("Get-TailSplitRule torrents")]
    [InlineData("Get-DockerNetwork torrents")]
    public void A_policy_object_from_another_host_names_the_same_policy_there(string command)
    {
        Answer removed = _session.Run("$value | Remove-TailSplitPolicy", Carried(command)).AssertNoErrors();

        Assert.NotEmpty(removed.Rules);
        Assert.All(removed.Rules.Where(rule => rule.Policy is not null), rule => Assert.Equal("torrents", rule.Policy));
        Assert.Equal(["games", "media"], _session.Run("Get-TailSplitPolicy").Policies.Select(policy => policy.Name));
    }

    [Theory]
    [InlineData("Get-TailSplitPolicy torrents", "Get-TailSplitPolicy")]
    [InlineData("Get-TailSplitRule torrents", "Get-TailSplitRule")]
    [InlineData("Get-DockerNetwork torrents", "Get-DockerNetwork")]
    [InlineData("Get-DockerNetwork torrents", "Get-TailSplitPolicy")]
    public void It_can_be_piped_to_the_cmdlets_that_look(string command, string next)
    {
        PSObject[] carried = [.. Carried(command).Take(1)];

        Assert.NotEmpty(_session.Run($"$value | {next}", carried).AssertNoErrors().Output);
    }

    [Fact]
    public void A_network_that_came_from_another_host_can_be_given_a_policy()
    {
        PSObject[] carried = Carried("Get-DockerNetwork torrents");
        _session.Given($"Remove-TailSplitPolicy torrents");

        Assert.NotEmpty(_session.Run("$value | New-TailSplitKillswitch", carried).AssertNoErrors().Rules);
        Assert.Equal("torrents", _session.Run("Get-TailSplitPolicy torrents").Policies[0].Network);
    }

    [Theory]
    [InlineData("Get-TailSplitPolicy torrents")]
    [InlineData("Get-TailSplitRule torrents")]
    [InlineData("Get-DockerNetwork media")]
    [InlineData("Show-TailSplitMap")]
    public void No_property_is_lost_or_changed_on_the_way(string command)
    {
        PSObject[] sent = [.. _session.Run(command).AssertNoErrors().Output];

        foreach ((PSObject before, PSObject after) in sent.Zip(Carry(sent)))
        {
            Assert.Equal("Deserialized." + before.BaseObject.GetType().FullName, after.TypeNames[0]);
            Assert.Equal(Shown(before), Shown(after));
        }

        static IEnumerable<string> Shown(PSObject item) => item.Properties
            // A dictionary becomes a hashtable.
            .Where(property => property.IsGettable && property.Name != "Labels")
            .Select(property => $"{property.Name}={LanguagePrimitives.ConvertTo<string>(property.Value)}");
    }

    private PSObject[] Carried(string command) => Carry(_session.Run(command).AssertNoErrors().Output);

    private static PSObject[] Carry(IEnumerable<PSObject> sent) =>
        [.. sent.Select(item => PSObject.AsPSObject(PSSerializer.Deserialize(PSSerializer.Serialize(item))))];
}
