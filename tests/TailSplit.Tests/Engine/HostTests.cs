using System.Collections.Immutable;
using TailSplit.Core.Compilation;
using TailSplit.Core.Hosts;
using TailSplit.Core.Model;
using TailSplit.Core.Planning;
using TailSplit.Execution.Hosts;
using TailSplit.Tests.Engine.Hosting;
using Xunit;

namespace TailSplit.Tests.Engine;

/// <summary>What is worked out of a host's rules is worked out once, and again for other rules.</summary>
public sealed class HostTests : IDisposable
{
    private readonly Session _session = new();

    public void Dispose() => _session.Dispose();

    [Fact]
    public void Policies_and_their_gaps_are_computed_once()
    {
        Host host = Read("New-TailSplitKillswitch torrents");
        LivePolicy policy = Assert.Single(host.Policies);
        _session.Host.Firewall[IpFamily.IPv4].Delete("DROP");
        Host damaged = Read("");

        Assert.Same(policy, Assert.Single(host.Policies));
        Assert.Same(host.Assessment, (host with { Unread = ["networkd's settings: only root may read them."] }).Assessment);
        Assert.Empty(host.Assessment.Gaps(policy));
        // One array, not an equal one.
        ImmutableArray<PolicyGap> gaps = damaged.Assessment.Gaps(Assert.Single(damaged.Policies));
        Assert.NotEmpty(gaps);
        Assert.True(gaps == damaged.Assessment.Gaps(Assert.Single(damaged.Policies)));
    }

    [Fact]
    public void A_copy_with_other_rules_has_the_policies_of_those_rules()
    {
        Host host = Read("New-TailSplitKillswitch torrents");
        Assert.Single(host.Policies);

        Host none = host with { Live = LiveRules.None };

        Assert.Empty(none.Policies);
        Assert.Single((none with { Firewall = none.Firewall with { Other = IpFamilies.All.ToDictionary(each => each, host.Live.Iptables.Saved) } }).Policies);
        Assert.Empty(none.Policies);
        Assert.Single(host.Policies);
        Assert.NotSame(host.Assessment, none.Assessment);
    }

    private Host Read(string script)
    {
        if (script.Length > 0)
            _session.Run(script).AssertNoErrors();

        return new HostReader(_session.Host.Machine).ReadAsync(HostScope.Rules, CancellationToken.None).GetAwaiter().GetResult();
    }
}
