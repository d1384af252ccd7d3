using TailSplit.Core.Iptables;
using TailSplit.Core.Model;
using TailSplit.Execution.Programs;

namespace TailSplit.Tests.Fakes.Netfilter;

/// <summary>Both stores of both families, and the programs that read and write them.</summary>
internal sealed class FakeFirewall
{
    private readonly Dictionary<(IpFamily, IptablesVariant), FakeRuleset> _rulesets = [];

    /// <summary>Which store <c>iptables</c> without a suffix means.</summary>
    public IptablesVariant Usual { get; set; } = IptablesVariant.Nft;

    /// <summary>The same for ip6tables, where somebody has set the two apart.</summary>
    public IptablesVariant? UsualOfIPv6 { get; set; }

    /// <summary>Which iptables this is. Only the later ones name the store in a save.</summary>
    public string Release { get; set; } = "1.8.9";

    /// <summary>Programs that are others than their names say, as links and wrappers are.</summary>
    public Dictionary<string, IptablesVariant> Links { get; } = new(StringComparer.Ordinal);

    public FakeRuleset this[IpFamily family] => this[family, Usual];

    public FakeRuleset this[IpFamily family, IptablesVariant variant]
    {
        get
        {
            (IpFamily, IptablesVariant) key = (family, Real(family, variant));
            if (!_rulesets.TryGetValue(key, out FakeRuleset? ruleset))
                _rulesets[key] = ruleset = new FakeRuleset(family, key.Item2 == IptablesVariant.Nft);

            ruleset.Release = Release;

            return ruleset;
        }
    }

    /// <summary>All rules of all stores, as bytes to compare.</summary>
    public string Save(bool counters) => string.Concat(_rulesets
        .OrderBy(ruleset => ruleset.Key)
        .Select(ruleset => this[ruleset.Key.Item1, ruleset.Key.Item2].Save(counters)));

    public static bool IsMine(string program) => Names(program) is not null;

    /// <param name="call">iptables-save or -restore, of either family and any variant.</param>
    /// <param name="halfway">Whether it fails with half of its tables written.</param>
    public string Run(ProgramCall call, bool halfway)
    {
        (IpFamily family, IptablesVariant variant, string action) =
            Names(call.Program) ?? throw new InvalidOperationException(call.Program);
        variant = Links.GetValueOrDefault(call.Program, variant);
        if (call.Arguments is ["--version"])
            return Version(call, family, Real(family, variant), action);

        FakeRuleset ruleset = this[family, variant];
        if (action.Length == 0)
            return call.Arguments switch
            {
                ["-t", string table, "-S", .. var which] =>
                    ruleset.List(table, which.FirstOrDefault(word => word != "-v")),
                ["-t", string table, "-C", string chain, .. var words] => ruleset.Check(table, chain, [.. words]),
                _ => throw Unknown(call),
            };

        if (action == "-save")
            return call.Arguments is [] or ["-c"]
                ? ruleset.Save(counters: call.Arguments is ["-c"])
                : throw Unknown(call);

        string[] options = [.. call.Arguments];
        if (options is not ([.., "--wait", _]) || !options.Contains("--noflush") || !options.Contains("--counters"))
            throw Unknown(call);

        string text = call.Input ?? "";
        int tables = text.Split('\n').Count(line => line == "COMMIT");
        new RestoreScript(ruleset, text).Run(!options.Contains("--test"), halfway ? tables / 2 : -1);
        return "";
    }

    /// <summary>What <c>nft -j list ruleset</c> prints.</summary>
    public string Native { get; set; } = """{"nftables": [{"metainfo": {"json_schema_version": 1}}]}""";

    /// <summary>What <c>nft list tables</c> prints.</summary>
    public string NativeTables { get; set; } = "";

    /// <summary>What <c>nft</c> lists of the tables of iptables.</summary>
    public string RunNft(ProgramCall call) => call.Arguments switch
    {
        ["-j", "list", "ruleset" or "table", ..] => Native,
        ["list", "tables"] => NativeTables,
        ["-j", "list", "chains", "ip" or "ip6"] => Of(call.Arguments[3]).ListByNft(null, null),
        ["-j", "list", "chain", "ip" or "ip6", string table, string chain] =>
            Of(call.Arguments[3]).ListByNft(table, chain),
        _ => throw Unknown(call),
    };

    private FakeRuleset Of(string family) =>
        this[family == "ip" ? IpFamily.IPv4 : IpFamily.IPv6, IptablesVariant.Nft];

    /// <summary>What iptables-nft-save says on standard error where x_tables has a table.</summary>
    public string WarningOf(ProgramCall call)
    {
        if (Names(call.Program) is not (IpFamily family, IptablesVariant variant, "-save")
            || call.Arguments is ["--version"]
            || Real(family, Links.GetValueOrDefault(call.Program, variant)) != IptablesVariant.Nft
            || this[family, IptablesVariant.Legacy].IsEmpty)
        {
            return "";
        }

        string program = family == IpFamily.IPv4 ? "iptables" : "ip6tables";
        return $"# Warning: {program}-legacy tables present, use {program}-legacy-save to see them\n";
    }

    private IptablesVariant Real(IpFamily family, IptablesVariant variant) =>
        variant != IptablesVariant.Default ? variant
        : family == IpFamily.IPv6 && UsualOfIPv6 is IptablesVariant usual ? usual
        : Usual;

    // iptables 1.6 has no store to name, and its save and restore know no --version.
    private string Version(ProgramCall call, IpFamily family, IptablesVariant variant, string action)
    {
        bool old = Release.StartsWith("1.6", StringComparison.Ordinal);
        if (old && action.Length > 0)
            throw Unknown(call);

        string program = family.Iptables() + action;
        string store = variant == IptablesVariant.Legacy ? "legacy" : "nf_tables";
        return old ? $"{program} v{Release}\n" : $"{program} v{Release} ({store})\n";
    }

    private static (IpFamily, IptablesVariant, string Action)? Names(string program)
    {
        string[] parts = program.Split('-');
        IpFamily? family = parts[0] switch { "iptables" => IpFamily.IPv4, "ip6tables" => IpFamily.IPv6, _ => null };
        (IptablesVariant Variant, string Action)? names = parts[1..] switch
        {
            [] => (IptablesVariant.Default, ""),
            ["nft"] => (IptablesVariant.Nft, ""),
            ["legacy"] => (IptablesVariant.Legacy, ""),
            ["save" or "restore"] => (IptablesVariant.Default, "-" + parts[1]),
            ["nft", "save" or "restore"] => (IptablesVariant.Nft, "-" + parts[2]),
            ["legacy", "save" or "restore"] => (IptablesVariant.Legacy, "-" + parts[2]),
            _ => null,
        };
        return family is IpFamily known && names is (IptablesVariant variant, string action)
            ? (known, variant, action)
            : null;
    }

    private static ToolFailure Unknown(ProgramCall call) => new(2, $"{call.Program}: unrecognized option in '{call}'");
}
