namespace TailSplit.Core.Kernel;

/// <summary>The kernel's reverse path check (linux Documentation/networking/ip-sysctl.rst: rp_filter).</summary>
public enum ReversePathFilter
{
    Off = 0,

    /// <summary>A packet must come by the interface by which an answer would leave.</summary>
    Strict = 1,

    /// <summary>A route back must exist.</summary>
    Loose = 2,
}
