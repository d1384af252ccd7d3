using System.Management.Automation;
using TailSplit.Conversion;
using TailSplit.Core;
using TailSplit.Core.Compilation;
using TailSplit.Core.Containers;
using TailSplit.Core.Model;
using TailSplit.Execution.Containers;
using TailSplit.Execution.Files;
using TailSplit.Execution.Hosts;
using TailSplit.Execution.Probing;
using TailSplit.Execution.Programs;

namespace TailSplit.Commands;

/// <summary>
/// A cmdlet that works on the host, and reports failures as errors with an id, a target and a way out.
/// </summary>
public abstract class TailSplitCommand : CancellableCommand
{
    private TrackingRunner? _runner;
    private HostEngines? _engines;
    private TargetFinder? _finder;

    private protected IProgramRunner Runner => _runner ??= new TrackingRunner(HostAccess.Open(Log));

    private protected override string? Waiting => _runner?.Running?.ToString();

    private protected static IHostFiles Files => HostAccess.Files;

    /// <summary>The container engines of the host.</summary>
    private protected HostEngines Engines => _engines ??= new HostEngines(Runner, Files);

    /// <summary>Finds networks, subnets, bridges and the tunnel that parameters name.</summary>
    private protected TargetFinder Finder => _finder ??= new TargetFinder(Runner, Files);

    private protected IProbeGround Ground => HostAccess.OpenGround(Runner);

    /// <summary>
    /// Whether this is a dry run; ShouldProcess alone can't tell, as it answers "no" to a refusal too.
    /// </summary>
    private protected bool IsWhatIf =>
        MyInvocation.BoundParameters.TryGetValue("WhatIf", out object? given)
            ? LanguagePrimitives.IsTrue(given)
            : LanguagePrimitives.IsTrue(GetVariableValue("WhatIfPreference"));

    /// <summary>Reads the host; a failure of it ends the pipeline.</summary>
    /// <param name="glance">Whether to make do with what can be seen without root.</param>
    /// <param name="known">
    /// For a glance, a state of a moment ago, whose interfaces and routes are not read again.
    /// </param>
    private protected HostState ReadHost(bool glance = false, HostState? known = null) => AwaitOrThrow(
        stop => glance
            ? new HostReader(Runner).ReadForPreviewAsync(stop, known)
            : new HostReader(Runner).ReadAsync(stop));

    /// <summary>Waits for work; a failure of it ends the pipeline.</summary>
    private protected T AwaitOrThrow<T>(Func<CancellationToken, Task<T>> work, string? idle = null)
    {
        T result = default!;
        OrThrow(() => result = Await(work, idle));
        return result;
    }

    /// <inheritdoc cref="AwaitOrThrow{T}"/>
    private protected void AwaitOrThrow(Func<CancellationToken, Task> work, string? idle = null) =>
        OrThrow(() => Await(work, idle));

    /// <summary>Does work on this thread; a failure of it ends the pipeline.</summary>
    private protected void OrThrow(Action work)
    {
        try
        {
            work();
        }
        catch (TailSplitException e)
        {
            ThrowTerminatingError(e.Failure.ToErrorRecord(e));
        }
    }

    /// <summary>Reports a failure of one input; the pipeline goes on.</summary>
    private protected void WriteFailure(Failure failure, Exception? exception = null) =>
        WriteError(failure.ToErrorRecord(exception));

    /// <summary>
    /// Works on one input of a pipeline. A failure of this input is reported; one that stops all other inputs too ends
    /// the pipeline.
    /// </summary>
    private protected void ForInput(Action work)
    {
        try
        {
            work();
        }
        catch (TailSplitException e) when (
            e.Failure.Kind is FailureKind.NotInstalled or FailureKind.PermissionDenied or FailureKind.Unavailable)
        {
            ThrowTerminatingError(e.Failure.ToErrorRecord(e));
        }
        catch (TailSplitException e)
        {
            WriteFailure(e.Failure, e);
        }
    }

    /// <summary>The network of exactly this name or id.</summary>
    /// <exception cref="TailSplitException">What <see cref="TargetFinder.GetNetworkAsync"/> throws.</exception>
    private protected DockerNetwork GetNetwork(string name)
    {
        DockerNetwork network = Await(stop => Finder.GetNetworkAsync(name, stop));
        WarnOfUnseen(Finder.Unseen, name);
        return network;
    }

    /// <summary>Warns of engines that could not be asked, which may have a network of this name as well.</summary>
    private protected void WarnOfUnseen(IEnumerable<UnseenEngine> unseen, string name)
    {
        foreach (UnseenEngine engine in unseen)
            WriteWarning($"Whether {engine.Engine} has a network '{name}' too can't be seen: {engine.Failure.Message}");
    }

    /// <summary>The policies that a selection speaks of; it is reported if it names one that is not in force.</summary>
    private protected LivePolicy[] Find(PolicySelection selection, IEnumerable<LivePolicy> policies)
    {
        LivePolicy[] found = selection.Choose(policies);
        if (found.Length == 0 && selection.MustMatch)
            WriteFailure(Failures.PolicyNotFound(selection.Text));

        return found;
    }

    /// <summary>Reports what labels or a file could not be followed in, and what a person should know of.</summary>
    private protected void WriteFindings(IEnumerable<Failure> failures, IEnumerable<string> warnings)
    {
        foreach (Failure failure in failures)
            WriteFailure(failure);

        foreach (string warning in warnings)
            WriteWarning(warning);
    }
}
