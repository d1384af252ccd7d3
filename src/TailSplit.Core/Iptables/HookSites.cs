
namespace TailSplit.Core.Iptables;

/// <summary>Where TailSplit's jumps can go, by the live chains of one family.</summary>
/// <param name="DockerUserExists">Whether filter has a DOCKER-USER chain.</param>
/// <param name="DockerUserReached">Whether FORWARD jumps to it before any rule could accept a packet.</param>
public sealed record HookSites(bool DockerUserExists, bool DockerUserReached)
{
    public const string DockerUser = "DOCKER-USER";
    public const string Forward = "FORWARD";
    public const string Input = "INPUT";
    public const string Postrouting = "POSTROUTING";
    public const string Prerouting = "PREROUTING";

    /// <summary>A host with Docker's chains, assumed if nothing can be read.</summary>
    public static HookSites Usual { get; } = new(true, true);

    /// <summary>The foreign chains that can hold a jump of TailSplit's.</summary>
    public static IReadOnlyList<(IptablesTable Table, string Chain)> All { get; } =
    [
        (IptablesTable.Filter, DockerUser),
        (IptablesTable.Filter, Forward),
        (IptablesTable.Filter, Input),
        (IptablesTable.Nat, Prerouting),
        (IptablesTable.Nat, Postrouting),
        (IptablesTable.Mangle, Prerouting),
        (IptablesTable.Mangle, Forward),
    ];

    /// <summary>A host with only the chains that decide where jumps go.</summary>
    public SavedRuleset OnABareHost()
    {
        string chain = DockerUserExists ? $":{DockerUser} - [0:0]\n" : "";
        string jump = DockerUserReached ? $"-A {Forward} -j {DockerUser}\n" : "";
        return SavedRuleset.Parse($"*filter\n:{Forward} ACCEPT [0:0]\n{chain}{jump}COMMIT\n");
    }

    public static HookSites Of(SavedRuleset saved)
    {
        bool exists = saved.Find(IptablesTable.Filter, DockerUser) is not null;
        SavedChain? forward = saved.Find(IptablesTable.Filter, Forward);
        bool reached = false;
        for (int i = 0; exists && !reached && forward is not null && i < forward.Rules.Count; i++)
        {
            IptablesSpecification rule = IptablesSpecification.Parse(forward.Rules[i].Specification);
            reached = rule == new IptablesSpecification { Target = $"-j {DockerUser}", Comment = rule.Comment };
            if (!reached && PassingRules.MayPass(saved, IptablesTable.Filter, rule))
                break;
        }

        return new HookSites(exists, reached);
    }
}
