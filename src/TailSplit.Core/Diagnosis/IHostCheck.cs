using TailSplit.Core.Hosts;
namespace TailSplit.Core.Diagnosis;

/// <summary>
/// A check of one possible problem of a host. Pure: the same host gives the same results.
/// </summary>
public interface IHostCheck
{
    /// <summary>Stable: scripts match on it, and docs/checks.md lists it.</summary>
    string Name { get; }

    /// <summary>One answer about the host, or one about each policy that the check is for.</summary>
    IEnumerable<CheckResult> Run(Host host);
}
