using System.Collections.Immutable;
using TailSplit.Core;
using TailSplit.Core.Compilation;
using TailSplit.Core.Iptables;
using TailSplit.Core.Model;
using TailSplit.Core.Planning;
using TailSplit.Core.Rules;
using TailSplit.Tests.Core.ModelKernel;
using Xunit;

namespace TailSplit.Tests.Core.Nftables;

/// <summary>A host whose policies are in nftables: the real nft, and the model of iptables and of ip rules.</summary>
internal sealed class NftKernel : IDisposable
{
    private readonly KernelModel _model = new();

    public static RuleEnvironment Environment { get; } = RuleEnvironment.Usual with { Backend = FirewallBackend.Nftables };

    public NftShell Nft { get; } = NftShell.Start();

    public LiveRules Read() => new(
        IpFamilies.All.ToDictionary(family => family, family => SavedRuleset.Parse(_model.Firewall[family].Save(counters: true))),
        _model.Read().AllRouting, Nft.Read());

    public ImmutableArray<LivePolicy> Policies() => PolicyReader.Read(Read(), Environment);

    /// <summary>What a cmdlet does, without asking for force.</summary>
    public void Change(params IEnumerable<PolicyChange> changes)
    {
        LiveRules live = Read();
        PolicySet set = new(PolicyReader.Read(live, Environment), Environment);
        foreach (PolicyChange change in changes)
        {
            if (set.Apply(change) is Failure failure)
                throw failure.ToException();
        }

        Plan plan = Planner.Plan(live, set, Environment);
        _model.Apply(plan);
        Assert.Equal("", plan.Nftables.Length == 0 ? "" : Nft.Apply(plan.Nftables));
        Assert.Null(Planner.Rest(Read(), plan));
    }

    public void Put(params IEnumerable<Policy> policies) =>
        Change(policies.Select(policy => new PutPolicy(policy with { Backend = FirewallBackend.Nftables }, Force: false)));

    /// <summary>Everything that is in force, as text; elements of maps have no order.</summary>
    public string State() => string.Join('\n', Read().Firewall.Select(rule => rule.Rule.CommandLine).Order(StringComparer.Ordinal)) + _model.State;

    public void Dispose() => Nft.Dispose();
}
