using System.Text;
using TailSplit.Core.Model;
using TailSplit.Core.Probing;
using TailSplit.Tests.Core.Goldens;
using Xunit;

namespace TailSplit.Tests.Core.Probing;

public sealed class ProbeVerdictTests
{
    private static readonly Egress?[] s_seen = [Egress.Tunnel, Egress.Direct, Egress.Blocked, null];
    private static readonly Egress?[] s_own = [Egress.Tunnel, Egress.Direct, null];

    [Fact]
    public void What_is_made_of_what_was_seen_is_in_the_golden_table()
    {
        StringBuilder table = new();
        foreach (ProbeExpectation wanted in Enum.GetValues<ProbeExpectation>())
        {
            foreach (Egress? seen in s_seen)
            {
                foreach (IGrouping<ProbeVerdict, string> verdict in Hosts().GroupBy(
                    host => ProbeVerdict.Of(wanted, seen, host),
                    host => $"own={Text(host.OwnWay)} direct={host.Direct}"))
                {
                    table.Append($"{wanted}, {Text(seen)} -> {verdict.Key.Status}: {verdict.Key.Reason}\n");
                    bool always = verdict.Count() == Hosts().Count();
                    table.Append(always ? "    whatever the host itself does\n" : string.Concat(
                        verdict.Select(host => $"    {host}\n")));
                }
            }
        }

        GoldenFile.Check("probe-verdicts.txt", table.ToString());
    }

    [Fact]
    public void A_leak_of_a_killswitch_is_a_failure_whatever_the_control_says() => Assert.All(
        Hosts(), host => Assert.Equal(
            TailSplit.Core.Diagnosis.CheckStatus.Fail,
            ProbeVerdict.Of(ProbeExpectation.TunnelOnly, Egress.Direct, host).Status));

    [Fact]
    public void A_missing_packet_proves_nothing_if_the_control_is_missing_too() => Assert.All(
        Enum.GetValues<ProbeExpectation>().SelectMany(
            wanted => Hosts().Where(host => host.Direct == DirectWay.Unseen).Select(
                host => ProbeVerdict.Of(wanted, Egress.Blocked, host))),
        verdict => Assert.Equal(TailSplit.Core.Diagnosis.CheckStatus.Skipped, verdict.Status));

    private static IEnumerable<HostControl> Hosts() =>
        from direct in Enum.GetValues<DirectWay>()
        from own in s_own
        select new HostControl(own, direct);

    private static string Text(Egress? egress) => egress?.ToString() ?? "not seen";
}
