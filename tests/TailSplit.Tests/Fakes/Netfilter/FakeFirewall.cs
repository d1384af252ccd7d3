using TailSplit.Core.Model;
using TailSplit.Execution;

namespace TailSplit.Tests.Fakes.Netfilter;

/// <summary>Both stores of both families, and the programs that read and write them.</summary>
internal sealed class FakeFirewall
{
    private readonly Dictionary<(IpFamily, IptablesVariant), FakeRuleset> _rulesets = [];

    /// <summary>Which store <c>iptables</c> without a suffix means.</summary>
    public IptablesVariant Usual { get; set; } = IptablesVariant.Nft;

    /// <summary>What <c>iptables --version</c> prints.</summary>
    public string Version => $"iptables v1.8.9 ({(Usual == IptablesVariant.Legacy ? "legacy" : "nf_tables")})\n";

    public FakeRuleset this[IpFamily family] => this[family, Usual];

    public FakeRuleset this[IpFamily family, IptablesVariant variant]
    {
        get
        {
            (IpFamily, IptablesVariant) key = (family, variant == IptablesVariant.Default ? Usual : variant);
            if (!_rulesets.TryGetValue(key, out FakeRuleset? ruleset))
                _rulesets[key] = ruleset = new FakeRuleset(family, key.Item2 == IptablesVariant.Nft);

            return ruleset;
        }
    }

    /// <summary>All rules of all stores, as bytes to compare.</summary>
    public string Save(bool counters) => string.Concat(_rulesets
        .OrderBy(ruleset => ruleset.Key)
        .Select(ruleset => ruleset.Value.Save(counters)));

    public static bool IsMine(string program) => Names(program) is not null;

    /// <param name="call">iptables-save or -restore, of either family and any variant.</param>
    /// <param name="halfway">Whether it fails with half of its tables written.</param>
    public string Run(ProgramCall call, bool halfway)
    {
        (FakeRuleset ruleset, bool save) =
            Names(call.Program) is (IpFamily family, IptablesVariant variant, bool isSave)
                ? (this[family, variant], isSave)
                : throw new InvalidOperationException(call.Program);
        if (save)
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

    /// <summary>What iptables-nft-save says on standard error where x_tables has a table.</summary>
    public string WarningOf(ProgramCall call)
    {
        if (Names(call.Program) is not (IpFamily family, IptablesVariant variant, true)
            || (variant == IptablesVariant.Default ? Usual : variant) != IptablesVariant.Nft
            || this[family, IptablesVariant.Legacy].IsEmpty)
        {
            return "";
        }

        string program = family == IpFamily.IPv4 ? "iptables" : "ip6tables";
        return $"# Warning: {program}-legacy tables present, use {program}-legacy-save to see them\n";
    }

    private static (IpFamily, IptablesVariant, bool Save)? Names(string program)
    {
        string[] parts = program.Split('-');
        IpFamily? family = parts[0] switch { "iptables" => IpFamily.IPv4, "ip6tables" => IpFamily.IPv6, _ => null };
        IptablesVariant? variant = parts.Length switch
        {
            2 => IptablesVariant.Default,
            3 when parts[1] == "nft" => IptablesVariant.Nft,
            3 when parts[1] == "legacy" => IptablesVariant.Legacy,
            _ => null,
        };
        return family is not null && variant is not null && parts[^1] is "save" or "restore"
            ? (family!.Value, variant!.Value, parts[^1] == "save")
            : null;
    }

    private static ToolFailure Unknown(ProgramCall call) => new(2, $"{call.Program}: unrecognized option in '{call}'");
}
