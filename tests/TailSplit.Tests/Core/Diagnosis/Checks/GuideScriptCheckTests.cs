using TailSplit.Core.Diagnosis;
using TailSplit.Core.Hosts;
using TailSplit.Core.Model;
using TailSplit.Tests.Fakes;
using Xunit;

namespace TailSplit.Tests.Core.Diagnosis.Checks;

public sealed class GuideScriptCheckTests
{
    [Fact]
    public void The_guides_script_is_named_with_its_rules_and_left_where_it_is()
    {
        Host host = Snapshots.Healthy(TroubledHosts.GuideScript);

        CheckResult result = host.Result("GuideScript");
        Assert.Equal(["GuideScript Warn"], host.Troubles());
        Assert.Null(result.Remedy);
        Assert.Contains("the split tunnel guide's script has 7 rules", result.Detail, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("-AllowPublishedPort", result.Detail, StringComparison.Ordinal);
        Assert.Contains("'cleanup'", result.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public void The_guides_script_is_named_without_a_policy_too() => Assert.Contains(
        "IPv4 only",
        Snapshots.Of(Snapshots.Nothing, TroubledHosts.GuideScript).Result("GuideScript").Detail,
        StringComparison.Ordinal);

    [Fact]
    public void Rules_in_docker_user_that_could_be_anybodys_are_not_the_guides_script() => Assert.Equal(
        CheckStatus.Pass,
        Snapshots.Of(Snapshots.Nothing, host => host.Firewall[IpFamily.IPv4].Load(
            "*filter\n-A DOCKER-USER -s 172.18.0.0/16 ! -o eth0 -j DROP\nCOMMIT\n")).Result("GuideScript").Status);
}
