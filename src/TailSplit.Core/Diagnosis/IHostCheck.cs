using TailSplit.Core.Hosts;
namespace TailSplit.Core.Diagnosis;

/// <summary>
/// One thing that can be wrong with a host, and how to see it. Pure: the same host gives the same answers.
/// </summary>
public interface IHostCheck
{
    /// <summary>Stable: scripts match on it, and docs/checks.md lists it.</summary>
    string Name { get; }

    /// <summary>One answer about the host, or one about each policy that the check is for.</summary>
    IEnumerable<CheckResult> Run(Host host);
}
