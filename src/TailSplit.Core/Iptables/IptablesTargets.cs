using System.Net;
using TailSplit.Core.Model;
using TailSplit.Core.Rules;
using Verdict = TailSplit.Core.Rules.FirewallVerdict;

namespace TailSplit.Core.Iptables;

/// <summary>The iptables target of a verdict (iptables-extensions(8)).</summary>
internal static class IptablesTargets
{
    private const string GotoOption = "-g ";
    private const string Redirection = "-j DNAT --to-destination ";
    private const string MarkSetting = "-j MARK --set-xmark ";
    private const string MarkSaving = "-j CONNMARK --save-mark ";
    private const string MarkRestoring = "-j CONNMARK --restore-mark ";

    // The lower one of the MTUs of the packet's way and of the way back to its sender (xt_TCPMSS.c,
    // tcpmss_mangle_packet), so one target serves both directions, and any MTU that the tunnel gets.
    public const string Clamp = "-j TCPMSS --clamp-mss-to-pmtu";

    public static string Goto(string chain) => GotoOption + chain;

    public static string Write(FirewallRule rule) => rule.Verdict switch
    {
        Verdict.Return => "-j RETURN",
        Verdict.Drop => "-j DROP",
        Verdict.Reject => rule.Family == IpFamily.IPv4
            ? "-j REJECT --reject-with icmp-admin-prohibited"
            : "-j REJECT --reject-with icmp6-adm-prohibited",
        Verdict.EnterPolicy => Goto(OwnChains.Of(rule.Owner!.Kind, rule.Owner.Name)),
        // Both masked: the bits outside Tailscale's belong to other programs.
        Verdict.SetMark set => MarkSetting + set.Mark,
        Verdict.SaveMark save => MarkSaving + Masks(save.Mark),
        Verdict.RestoreMark restore => MarkRestoring + Masks(restore.Mark),
        Verdict.Masquerade => "-j MASQUERADE",
        Verdict.RedirectTo to => Redirection + to.Address,
        Verdict.ClampSegment => Clamp,
        Verdict.Foreign foreign => foreign.Text,
        _ => throw new ArgumentOutOfRangeException(nameof(rule)),
    };

    public static Verdict Read(string target) => target switch
    {
        "-j RETURN" => new Verdict.Return(),
        "-j DROP" => new Verdict.Drop(),
        "-j MASQUERADE" => new Verdict.Masquerade(),
        Clamp => new Verdict.ClampSegment(),
        _ when target.StartsWith("-j REJECT", StringComparison.Ordinal) => new Verdict.Reject(),
        _ when target.StartsWith(GotoOption, StringComparison.Ordinal) => new Verdict.EnterPolicy(),
        _ when After(target, Redirection) is string to && IPAddress.TryParse(to, out IPAddress? address) =>
            new Verdict.RedirectTo(address),
        _ when After(target, MarkSetting) is string set && FwMark.TryParse(set, out FwMark mark) =>
            new Verdict.SetMark(mark),
        _ when Masked(After(target, MarkSaving)) is FwMark mark => new Verdict.SaveMark(mark),
        _ when Masked(After(target, MarkRestoring)) is FwMark mark => new Verdict.RestoreMark(mark),
        _ => new Verdict.Foreign(target),
    };

    private static string Masks(FwMark mark) => $"--nfmask {mark.MaskText} --ctmask {mark.MaskText}";

    private static string? After(string target, string start) =>
        target.StartsWith(start, StringComparison.Ordinal) ? target[start.Length..] : null;

    // These state only which bits are copied; the value is that of the other mark.
    private static FwMark? Masked(string? text) =>
        text?.Split(' ') is ["--nfmask", string one, "--ctmask", string other] && one == other
        && FwMark.TryParse(one, out FwMark mark)
            ? new FwMark(mark.Value, mark.Value)
            : null;
}
