using System.Globalization;
using TailSplit.Lab.Contract;

namespace TailSplit.Lab.Transactions;

/// <summary>
/// The contract's three networks, a flood out of the one with the killswitch, and changes of policies one after another
/// meanwhile. <c>TAILSPLIT_GAP_ROUNDS</c> says how many: few by itself, 1000 for the figures of docs/performance.md.
/// </summary>
public abstract class GapLab(LabOptions options) : SplitLab(options)
{
    // Every kind of re-apply, by turns. What a line leaves behind the next ones find.
    private static readonly string[] s_changes =
    [
        "New-TailSplitKillswitch torrents -Force -Action Reject -AllowPublishedPort -AllowDestination 10.0.0.20",
        "New-TailSplitKillswitch torrents -Action Reject -AllowPublishedPort -AllowDestination 10.0.0.20",
        "New-TailSplitBypass media -Force",
        "New-TailSplitBypass plain -Exclude 198.51.100.77",
        "New-TailSplitKillswitch torrents -Force -BlockHost",
        "New-TailSplitKillswitch media -Force",
        "Remove-TailSplitPolicy plain",
        "New-TailSplitKillswitch torrents -Force",
    ];

    private int _port = 42000;

    public static int Rounds =>
        int.TryParse(
            Environment.GetEnvironmentVariable("TAILSPLIT_GAP_ROUNDS"), CultureInfo.InvariantCulture, out int rounds)
            ? rounds
            : 24;

    public Flood Flood() => Transactions.Flood.Start(Torrents, _port++);

    /// <summary>Closes torrents, while another network is open.</summary>
    public Task Close() => Run("New-TailSplitKillswitch torrents, media | Out-Null");

    public async Task ApplyAgain(int rounds)
    {
        for (int round = 0; round < rounds; round++)
        {
            await Run($"{s_changes[round % s_changes.Length]} | Out-Null");
        }
    }

    /// <summary>The guide's two commands for what stands already, in both families: delete, then insert.</summary>
    public Task DeleteAndInsert() => Sh("$1 -w -D $2 && $1 -w -I $2");

    public Task InsertGuideRules() => Sh("$1 -w -I $2");

    public Task DeleteGuideRules() => Sh("$1 -w -D $2");

    // $1 is the tool, $2 the chain and the rule. Engine 20.10 has no DOCKER-USER for IPv6.
    private async Task Sh(string command)
    {
        string rule = $"-i {TorrentsNetwork.Bridge} ! -o {Tunnel.Interface} -j DROP";
        await Lab.Host.Run(
            "sh",
            [
                "-c",
                $"f() {{ {command.Replace("$2", $"$2 {rule}", StringComparison.Ordinal)}; }}; " +
                "f \"$0\" DOCKER-USER && f \"$1\" FORWARD",
                Path.Combine(Lab.Tools.Folder, "iptables"),
                Path.Combine(Lab.Tools.Folder, "ip6tables"),
            ]);
    }
}

public sealed class NfTablesGapLab() : GapLab(new());

public sealed class LegacyGapLab() : GapLab(new() { Docker = new() { Iptables = IptablesVariant.Legacy } });

public sealed class OwnTableGapLab() : GapLab(new() { Backend = FirewallBackend.Nftables });
