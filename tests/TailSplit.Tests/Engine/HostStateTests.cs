using System.Collections.Immutable;
using TailSplit.Core.Compilation;
using TailSplit.Core.Model;
using TailSplit.Core.Planning;
using TailSplit.Execution.Hosts;
using TailSplit.Tests.Engine.Hosting;
using Xunit;

namespace TailSplit.Tests.Engine;

/// <summary>What is worked out of a host's rules is worked out once, and again for other rules.</summary>
public sealed class HostStateTests : IDisposable
{
    private readonly Session _session = new();

    public void Dispose() => _session.Dispose();

    [Fact]
    public void Policies_and_what_they_lack_are_worked_out_once()
    {
        HostState state = Read("New-TailSplitKillswitch torrents");
        LivePolicy policy = Assert.Single(state.Policies);
        _session.Host.Firewall[IpFamily.IPv4].Delete("DROP");
        HostState damaged = Read("");

        Assert.Same(policy, Assert.Single(state.Policies));
        Assert.Same(state.Assessment, (state with { Unread = null }).Assessment);
        Assert.Empty(state.Assessment.Gaps(policy));
        // One array, not an equal one.
        ImmutableArray<PolicyGap> gaps = damaged.Assessment.Gaps(Assert.Single(damaged.Policies));
        Assert.NotEmpty(gaps);
        Assert.True(gaps == damaged.Assessment.Gaps(Assert.Single(damaged.Policies)));
    }

    [Fact]
    public void A_copy_with_other_rules_has_their_policies()
    {
        HostState state = Read("New-TailSplitKillswitch torrents");
        Assert.Single(state.Policies);

        HostState none = state with { Live = LiveRules.None };

        Assert.Empty(none.Policies);
        Assert.Single((none with { LeftBehind = state.Live }).Policies);
        Assert.Empty(none.Policies);
        Assert.Single(state.Policies);
        Assert.NotSame(state.Assessment, none.Assessment);
    }

    private HostState Read(string script)
    {
        if (script.Length > 0)
            _session.Run(script).AssertNoErrors();

        return new HostReader(_session.Host.Machine).ReadAsync(CancellationToken.None).GetAwaiter().GetResult();
    }
}
