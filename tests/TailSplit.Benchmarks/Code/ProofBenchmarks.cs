using BenchmarkDotNet.Attributes;
using TailSplit.Core.Compilation;
using TailSplit.Core.Kernel;
using TailSplit.Core.Model;
using TailSplit.Core.Proving;
using TailSplit.Core.Rules;
using TailSplit.Core.Tracing.Walk;

namespace TailSplit.Benchmarks.Code;

/// <summary>The proof of all policies on a host with an exit node and many rules of others, in both families.</summary>
[MemoryDiagnoser]
public class ProofBenchmarks
{
    private const string Tunnel = "tailscale0";
    private const string Uplink = "eth0";
    private const int LocalTable = 255;

    private readonly Dictionary<IpFamily, TraceHost> _hosts = [];
    private Policy[] _policies = [];

    [Params(2, 20)]
    public int Policies { get; set; }

    [Params(0, 2_000)]
    public int ForeignRules { get; set; }

    [GlobalSetup]
    public void Setup()
    {
        _policies = Samples.Policies(Policies);
        LiveRules live = Samples.Live(_policies, ForeignRules, Forwarding(ForeignRules));
        foreach (IpFamily family in IpFamilies.All)
            _hosts[family] = HostOf(family, live);

        // A proof that ends early measures nothing.
        foreach (Policy policy in _policies)
        {
            if (NewProver().Prove(policy) is { IsProved: false } open)
                throw new InvalidOperationException($"{policy.Name}: {open.Counterexample?.Packet} {open.Counterexample?.Trace.Responsible?.CommandLine} {string.Join("; ", open.Unsure)}");
        }
    }

    [Benchmark]
    public int Prove()
    {
        Prover prover = NewProver();
        return _policies.Sum(policy => prover.Prove(policy).Classes);
    }

    // The chains of ForeignSave are on the way of every packet; Docker accepts what is left.
    private static string Forwarding(int foreign) =>
        "*filter\n"
        + string.Concat(Enumerable.Range(0, foreign / 20).Select(chain => $"[0:0] -A FORWARD -j KUBE-SVC-{chain:X12}\n"))
        + "[0:0] -A FORWARD -i br-+ -j ACCEPT\nCOMMIT\n";

    private Prover NewProver() => new((family, _) => _hosts[family], Samples.Environment);

    private TraceHost HostOf(IpFamily family, LiveRules live) => new(family)
    {
        Firewall = live.Iptables.Saved(family),
        Rules =
        [
            .. live.AllRouting.Where(rule => rule.Family == family).Concat(SystemRules(family)).OrderBy(rule => rule.Preference),
        ],
        Routes =
        [
            Route(RoutingRule.MainTable, Anywhere(family), Uplink),
            Route(Samples.Environment.Table, Anywhere(family), Tunnel),
            .. _policies.SelectMany(policy => policy.Target.SubnetsOf(family).SelectMany(subnet => Routes(policy, subnet))),
        ],
    };

    private static IEnumerable<LiveRoutingRule> SystemRules(IpFamily family) =>
    [
        Lookup(family, 0, LocalTable),
        Lookup(family, 5210, RoutingRule.MainTable, Samples.Environment.EscapeMark),
        Lookup(family, 5270, Samples.Environment.Table),
        Lookup(family, 32766, RoutingRule.MainTable),
    ];

    private static LiveRoutingRule Lookup(IpFamily family, int preference, int table, FwMark? mark = null) =>
        new(new KernelRoutingRule(family, preference, KernelRoutingAction.Lookup) { Table = table, FwMark = mark }, Own: null);

    private static IEnumerable<LiveRoute> Routes(Policy policy, Cidr subnet)
    {
        string bridge = policy.Target.Bridge!.Value.ToString();
        yield return Route(RoutingRule.MainTable, subnet, bridge);
        yield return new LiveRoute(Samples.Environment.Table, RouteKind.Throw, subnet);
        yield return new LiveRoute(LocalTable, RouteKind.Local, Cidr.Of(Cidr.AddressAt(subnet.Family, subnet.Span.First + 1)))
        {
            NextHops = [new NextHop(bridge, Gateway: null)],
        };
    }

    private static LiveRoute Route(int table, Cidr destination, string device) =>
        new(table, RouteKind.Unicast, destination) { NextHops = [new NextHop(device, Gateway: null)] };

    private static Cidr Anywhere(IpFamily family) => Cidr.Parse(family == IpFamily.IPv4 ? "0.0.0.0/0" : "::/0");
}
