using TailSplit.Execution.Programs;

namespace TailSplit.Tests.Fakes;

/// <summary>systemd, and the program systemctl.</summary>
internal sealed class FakeSystemd
{
    private const string NotBooted =
        "System has not been booted with systemd as init system (PID 1). Can't operate.\n"
            + "Failed to connect to bus: Host is down\n";

    public bool IsRunning { get; set; } = true;

    /// <summary>Units that are active.</summary>
    public HashSet<string> ActiveUnits { get; } = new(StringComparer.Ordinal);

    /// <summary>What it was told, a line each.</summary>
    public List<string> Orders { get; } = [];

    public ProgramResult Run(ProgramCall call)
    {
        if (call.Arguments is ["is-active", string unit])
            return ActiveUnits.Contains(unit)
                ? new ProgramResult(0, "active\n", "")
                : new ProgramResult(3, "inactive\n", "");

        if (call.NeedsRoot)
            throw new InvalidOperationException("systemctl is not run by sudo: who writes units is root.");

        bool known =
            call.Arguments is ["daemon-reload"] or ["enable", _, ..] or ["restart" or "stop", _] or ["disable", "--now", _, ..];
        if (!known)
            return new ProgramResult(1, "", $"Unknown command verb {call.Arguments[0]}.\n");

        if (!IsRunning)
            return new ProgramResult(1, "", NotBooted);

        Orders.Add(string.Join(' ', call.Arguments));
        return new ProgramResult(0, "", "");
    }
}
