using TailSplit.Core.Model;

namespace TailSplit.Core.Errors;

/// <summary>Errors of running programs.</summary>
public static partial class Failures
{
    public static Failure ProgramTimeout(string program, string call, double seconds) => new(
        nameof(ProgramTimeout), FailureKind.Timeout,
        FormattableString.Invariant($"'{QuotedText.Whole(call)}' did not end within {seconds:0.#} s, and was stopped."),
        program switch
        {
            "docker" => "The Docker daemon hangs or is stopped. See 'systemctl status docker' and 'docker info'.",
            "podman" => "Podman waits for a lock. Run 'podman ps' as root to see whether it answers.",
            "tailscale" => "tailscaled hangs or is stopped. See 'systemctl status tailscaled' and 'tailscale status'.",
            "systemctl" => "See 'systemctl list-jobs' for what systemd waits for, and 'systemctl status <unit>'.",
            _ => $"Run '{program}' by hand to see what it waits for, then run this command again.",
        },
        program);

    public static Failure ProgramNotStarted(string program, string reason) => new(
        nameof(ProgramNotStarted), FailureKind.Unavailable,
        $"The program '{program}' can't be started: {QuotedText.Whole(reason)}",
        "It did not run. Check that the file is a program for this machine, and that memory and processes are free.",
        program);

    public static Failure FlowsNotEnded(string call, string details) => new(
        nameof(FlowsNotEnded), FailureKind.Unavailable,
        $"'{QuotedText.Whole(call)}' says: {QuotedText.Whole(details)}",
        "The rules are in force. Run the command by hand to see why it fails.", "conntrack");
}
