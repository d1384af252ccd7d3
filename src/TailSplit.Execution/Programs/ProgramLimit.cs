using System.Globalization;

namespace TailSplit.Execution.Programs;

/// <summary>
/// How long each program may run. The client of a daemon that hangs never ends, so each program has a limit: many
/// times what it needs on a slow and busy host.
/// </summary>
public static class ProgramLimit
{
    private static readonly TimeSpan s_reading = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan s_engine = TimeSpan.FromSeconds(15);
    // A ruleset of about ten thousand rules, or a table of as many connections.
    private static readonly TimeSpan s_large = TimeSpan.FromSeconds(30);
    // Ending a change halfway is worse than waiting for it.
    private static readonly TimeSpan s_commit = TimeSpan.FromSeconds(90);
    // systemd itself gives a unit 90 s to start or to stop (systemd-system.conf(5), DefaultTimeoutStartSec).
    private static readonly TimeSpan s_units = TimeSpan.FromSeconds(120);

    public static TimeSpan Of(ProgramCall call) => call.Program switch
    {
        "docker" or "podman" => s_engine,
        "systemctl" => s_units,
        "ip" when call.Arguments.Contains("-batch") => s_commit,
        "ip" or "tailscale" => s_reading,
        // flock and iptables-restore first wait for a lock, for the time in their arguments.
        "flock" => Seconds(call, "--timeout") + s_reading,
        string program when program.EndsWith("-restore", StringComparison.Ordinal) =>
            Seconds(call, "--wait") + s_commit,
        _ => s_large,
    };

    private static TimeSpan Seconds(ProgramCall call, string option)
    {
        int place = call.Arguments.IndexOf(option);
        return place >= 0 && place + 1 < call.Arguments.Length
            && int.TryParse(call.Arguments[place + 1], NumberStyles.None, CultureInfo.InvariantCulture, out int seconds)
            ? TimeSpan.FromSeconds(seconds)
            : TimeSpan.Zero;
    }
}
