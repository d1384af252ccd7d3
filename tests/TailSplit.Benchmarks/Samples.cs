using System.Globalization;
using System.Text;
using TailSplit.Core.Compilation;
using TailSplit.Core.Iptables;
using TailSplit.Core.Kernel;
using TailSplit.Core.Model;
using TailSplit.Core.Planning;
using TailSplit.Core.Rules;

namespace TailSplit.Benchmarks;

/// <summary>Policies and rule sets of a given size, always the same ones.</summary>
internal static class Samples
{
    private static readonly IpFamily[] s_families = [IpFamily.IPv4, IpFamily.IPv6];

    /// <summary>Policies p000, p001, ...: bypass and killswitch in turn, one subnet of each family.</summary>
    public static Policy[] Policies(int count) => [.. Enumerable.Range(0, count).Select(Policy)];

    /// <summary>Bridges as Docker names them, "br-" and 12 hexadecimal digits, spread as its ids are.</summary>
    public static string Bridge(int index)
    {
        // splitmix64: the same numbers on every machine.
        ulong x = ((ulong)index + 1) * 0x9E3779B97F4A7C15;
        x = (x ^ (x >> 30)) * 0xBF58476D1CE4E5B9;
        x = (x ^ (x >> 27)) * 0x94D049BB133111EB;
        return string.Create(CultureInfo.InvariantCulture, $"br-{(x ^ (x >> 31)) >> 16:x12}");
    }

    public static string Subnet(int index) => string.Create(CultureInfo.InvariantCulture, $"10.200.{index}.0/24");

    public static RuleEnvironment Environment { get; } = RuleEnvironment.Usual;

    /// <summary>
    /// A save with this many rules that are not ours, half of them plain matches and half as Docker and kube-proxy
    /// write them.
    /// </summary>
    public static string ForeignSave(int rules, string? own = null)
    {
        StringBuilder text = new(
            "*filter\n:INPUT ACCEPT [0:0]\n:FORWARD DROP [0:0]\n:OUTPUT ACCEPT [0:0]\n:DOCKER-USER - [0:0]\n");
        for (int chain = 0; chain < rules / 20; chain++)
            text.Append(CultureInfo.InvariantCulture, $":KUBE-SVC-{chain:X12} - [0:0]\n");

        text.Append("[12:3456] -A FORWARD -j DOCKER-USER\n");
        for (int i = 0; i < rules; i++)
        {
            text.Append(CultureInfo.InvariantCulture, $"[{i}:{i * 60}] -A KUBE-SVC-{i / 20:X12} ");
            if (i % 2 == 0)
            {
                text.Append(CultureInfo.InvariantCulture, $"-s 10.{i / 256 % 256}.{i % 256}.0/24 -j ACCEPT\n");
                continue;
            }

            text.Append(CultureInfo.InvariantCulture, $"-d 10.96.{i / 256 % 256}.{i % 256}/32 -p tcp -m comment ")
                .Append(CultureInfo.InvariantCulture, $"--comment \"default/service-{i}:http cluster IP\" ")
                .Append(CultureInfo.InvariantCulture, $"-m tcp --dport {1024 + (i % 60000)} -j DROP\n");
        }

        return text.Append("COMMIT\n").Append(own).ToString();
    }

    /// <summary>What the kernel would answer if these policies were in force.</summary>
    /// <param name="policies">The policies.</param>
    /// <param name="foreign">How many rules of others there are.</param>
    /// <param name="more">What others have besides, as a save.</param>
    public static LiveRules Live(IEnumerable<Policy> policies, int foreign = 0, string more = "")
    {
        Dictionary<IpFamily, SavedRuleset> saved = [];
        OwnedRule[] rules = [.. RuleCompiler.Compile(policies, Environment, _ => HookSites.Usual)];
        foreach (IpFamily family in s_families)
        {
            StringBuilder text = new(ForeignSave(foreign));
            foreach (IGrouping<IptablesTable, IptablesRule> table in rules
                .Select(rule => rule.Rule).OfType<IptablesRule>()
                .Where(rule => rule.Family == family).GroupBy(rule => rule.Table))
            {
                text.Append('*').Append(table.Key.NameOf()).Append('\n');
                foreach (string chain in table.Select(rule => rule.Chain).Distinct())
                    text.Append(':').Append(chain).Append(" - [0:0]\n");

                foreach (IptablesRule rule in table)
                    text.Append("[0:0] -A ").Append(rule.Chain).Append(' ').Append(rule.Specification).Append('\n');

                text.Append("COMMIT\n");
            }

            saved[family] = SavedRuleset.Parse(text.Append(more).ToString());
        }

        IEnumerable<LiveRoutingRule> routing = rules.Select(rule => rule.Rule).OfType<RoutingRule>()
            .Select(rule => new LiveRoutingRule(Whole(rule), rule));
        return new LiveRules(saved, routing);
    }

    public static PolicySet SetOf(LiveRules live, IEnumerable<Policy> wanted)
    {
        PolicySet set = new(PolicyReader.Read(live, Environment), Environment);
        foreach (Policy policy in wanted)
        {
            if (set.Apply(new PutPolicy(policy, Force: false)) is { } failure)
                throw new InvalidOperationException(failure.Message);
        }

        return set;
    }

    private static KernelRoutingRule Whole(RoutingRule rule) => new(
        rule.Family, rule.Preference, Enum.Parse<KernelRoutingAction>(rule.Action.ToString()))
    {
        Protocol = RoutingRule.Protocol,
        From = rule.From,
        To = rule.To,
        Iif = rule.Iif?.ToString(),
        FwMark = rule.FwMark,
        IpProtocol = rule.IpProtocol,
        DestinationPort = rule.DestinationPort is int port ? new PortRange(port, port) : null,
        Table = rule.Table,
        Target = rule.Target,
        SuppressPrefixLength = rule.SuppressPrefixLength,
    };

    private static Policy Policy(int index)
    {
        PolicyName name = PolicyName.Parse(string.Create(CultureInfo.InvariantCulture, $"p{index:000}"));
        PolicyTarget target = new()
        {
            Bridge = InterfaceName.Parse(Bridge(index)),
            Subnets =
            [
                Cidr.Parse(Subnet(index)),
                Cidr.Parse(string.Create(CultureInfo.InvariantCulture, $"fd00:200:{index:x}::/64"))
            ],
        };
        return index % 2 == 0
            ? new BypassPolicy { Name = name, Target = target, Tunnel = TunnelProvider.Tailscale.Interface }
            : new KillswitchPolicy { Name = name, Target = target, Tunnel = TunnelProvider.Tailscale.Interface };
    }
}
