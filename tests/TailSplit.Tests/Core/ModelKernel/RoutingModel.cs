using System.Globalization;

namespace TailSplit.Tests.Core.ModelKernel;

/// <summary>
/// The ip rules of one family. <see cref="Run"/> is one line of <c>ip -batch</c>, <see cref="Json"/> is <c>ip -N -j
/// rule</c>.
/// </summary>
internal sealed class RoutingModel
{
    private const string Add = "rule add ";
    private const string Delete = "rule del ";

    private readonly List<RoutingEntry> _rules;

    private RoutingModel(List<RoutingEntry> rules) => _rules = rules;

    public RoutingModel(bool isIPv4)
    {
        _rules = [RoutingEntry.Parse("pref 0 lookup local"), RoutingEntry.Parse("pref 32766 lookup main")];
        if (isIPv4)
            _rules.Add(RoutingEntry.Parse("pref 32767 lookup default"));
    }

    public IReadOnlyList<RoutingEntry> Rules => _rules;

    /// <summary>Runs lines up to the first that fails, as <c>ip -batch</c> does.</summary>
    public void RunAll(string batch)
    {
        foreach (string line in batch.Split('\n', StringSplitOptions.RemoveEmptyEntries))
            Run(line);
    }

    public void Run(string line)
    {
        if (line.StartsWith(Add, StringComparison.Ordinal))
            Insert(RoutingEntry.Parse(line[Add.Length..]));
        else if (line.StartsWith(Delete, StringComparison.Ordinal))
            Remove(RoutingEntry.Parse(line[Delete.Length..]), line);
        else
            throw new KernelException($"Object \"{line}\" is unknown, try \"ip help\".");
    }

    /// <summary>Removes exactly this rule, as somebody else might.</summary>
    public void TakeOut(RoutingEntry rule) => _rules.Remove(rule);

    public RoutingModel Clone() => new([.. _rules]);

    public string Json() => "[" + string.Join(",", _rules.Select(Print)) + "]";

    private void Insert(RoutingEntry rule)
    {
        if (_rules.Exists(other => other.IsTakenFor(rule)))
            throw new KernelException($"RTNETLINK answers: File exists ({rule})");

        int at = _rules.FindIndex(other => other.Preference > rule.Preference);
        _rules.Insert(at < 0 ? _rules.Count : at, rule);
    }

    private void Remove(RoutingEntry given, string line)
    {
        int at = _rules.FindIndex(rule => rule.IsMatchedBy(given));
        if (at < 0)
            throw new KernelException($"RTNETLINK answers: No such file or directory ({line})");

        _rules.RemoveAt(at);
    }

    // As iproute2 6.1 prints them: the length only where it is not the whole address, numbers as text.
    private string Print(RoutingEntry rule)
    {
        List<string> members = [Number("priority", rule.Preference)];
        members.AddRange(rule.From is null ? [Text("src", "all")] : Prefix("src", rule.From));
        if (rule.To is not null)
            members.AddRange(Prefix("dst", rule.To));

        if (rule.Mask != 0)
        {
            members.Add(Text("fwmark", Hex(rule.Mark)));
            if (rule.Mask != uint.MaxValue)
                members.Add(Text("fwmask", Hex(rule.Mask)));
        }

        if (rule.Iif is not null)
            members.AddRange([Text("iif", rule.Iif), "\"iif_detached\":null"]);

        if (rule.IpProtocol is string protocol)
            members.Add(Text("ipproto", protocol switch { "tcp" => "ipproto-6", "udp" => "ipproto-17", _ => protocol }));

        if (rule.Port is int port)
            members.Add(Number("dport", port));

        if (rule.Action == "goto")
        {
            members.Add(Number("goto", rule.Target!.Value));
            if (!_rules.Exists(other => other.Preference == rule.Target))
                members.Add("\"unresolved\":null");
        }
        else if (rule.Action != "lookup")
        {
            members.Add(Text("action", ActionNumber(rule.Action)));
        }
        else
        {
            members.Add(Text("table", rule.Table.ToString(CultureInfo.InvariantCulture)));
        }

        if (rule.Suppress is int length)
            members.Add(Number("suppress_prefixlen", length));

        if (rule.Protocol != 0)
            members.Add(Text("protocol", rule.Protocol.ToString(CultureInfo.InvariantCulture)));

        return "{" + string.Join(",", members) + "}";
    }

    // RTN_BLACKHOLE, RTN_UNREACHABLE, RTN_PROHIBIT (linux/rtnetlink.h).
    private static string ActionNumber(string action) => action switch
    {
        "blackhole" => "6",
        "unreachable" => "7",
        "prohibit" => "8",
        _ => throw new ArgumentOutOfRangeException(nameof(action)),
    };

    private static IEnumerable<string> Prefix(string name, string prefix)
    {
        string[] parts = prefix.Split('/');
        yield return Text(name, parts[0]);
        int length = int.Parse(parts[1], CultureInfo.InvariantCulture);
        if (length != (parts[0].Contains(':', StringComparison.Ordinal) ? 128 : 32))
            yield return Number(name + "len", length);
    }

    private static string Hex(uint value) =>
        value == 0 ? "0" : string.Create(CultureInfo.InvariantCulture, $"0x{value:x}");

    private static string Text(string name, string value) => $"\"{name}\":\"{value}\"";

    private static string Number(string name, int value) =>
        string.Create(CultureInfo.InvariantCulture, $"\"{name}\":{value}");
}
