using System.Globalization;

namespace TailSplit.Lab.Boot;

/// <summary>A unit's properties, as <c>systemctl show</c> has them.</summary>
internal sealed class UnitState
{
    private readonly ILookup<string, string> _properties;

    private UnitState(ILookup<string, string> properties) => _properties = properties;

    public string Name => this["Id"];

    public string ActiveState => this["ActiveState"];

    public string Result => this["Result"];

    public int MainProcess => int.Parse(this["MainPID"], CultureInfo.InvariantCulture);

    public int Restarts => int.Parse(this["NRestarts"], CultureInfo.InvariantCulture);

    /// <summary>When its main process was started, since the kernel's start.</summary>
    public TimeSpan Started => Time("ExecMainStartTimestampMonotonic");

    /// <summary>When its main process ended.</summary>
    public TimeSpan Ended => Time("ExecMainExitTimestampMonotonic");

    /// <summary>When it became active.</summary>
    public TimeSpan Active => Time("ActiveEnterTimestampMonotonic");

    private string this[string property] => _properties[property].Single();

    public static UnitState Parse(string text) => new(text
        .Split('\n', StringSplitOptions.RemoveEmptyEntries)
        .Select(line => line.Split('=', 2))
        .ToLookup(parts => parts[0], parts => parts[^1]));

    // Microseconds; 0 is never.
    private TimeSpan Time(string property) =>
        long.Parse(this[property], CultureInfo.InvariantCulture) is > 0 and long microseconds
            ? TimeSpan.FromMicroseconds(microseconds)
            : throw new InvalidOperationException($"{Name} has no {property}.");
}
