using System.Management.Automation;
using TailSplit.Conversion;
using TailSplit.Core;
using TailSplit.Core.Compilation;
using TailSplit.Core.Containers;
using TailSplit.Core.Errors;
using TailSplit.Core.Hosts;
using TailSplit.Core.Model;
using TailSplit.Execution;
using TailSplit.Execution.Containers;
using TailSplit.Execution.Hosts;
using TailSplit.Execution.Probing;
using TailSplit.Execution.Programs;

namespace TailSplit.Commands;

/// <summary>
/// A cmdlet that works on the host, and reports failures as errors with an id, a target and a remedy.
/// </summary>
public abstract class TailSplitCommand : CancellableCommand
{
    private TrackingRunner? _programs;
    private Machine? _machine;
    private HostEngines? _engines;
    private TargetFinder? _finder;

    private protected Machine Machine => _machine ??= Open();

    private protected override string? Waiting => _programs?.Running?.ToString();

    /// <summary>The container engines of the host.</summary>
    private protected HostEngines Engines => _engines ??= new HostEngines(Machine);

    /// <summary>Finds the networks, subnets, bridges and tunnel that parameters name.</summary>
    private protected TargetFinder Finder => _finder ??= new TargetFinder(Machine);

    private protected IProbeHost ProbeHost => HostAccess.OpenProbeHost(Machine);

    /// <summary>Whether this is a dry run. ShouldProcess does not distinguish it from the user's "no".</summary>
    private protected bool IsWhatIf =>
        MyInvocation.BoundParameters.TryGetValue("WhatIf", out object? given)
            ? LanguagePrimitives.IsTrue(given)
            : LanguagePrimitives.IsTrue(GetVariableValue("WhatIfPreference"));

    /// <summary>Reads the host. A failure ends the pipeline.</summary>
    private protected Host ReadHost(HostScope scope) =>
        AwaitOrThrow(stop => new HostReader(Machine).ReadAsync(scope, stop));

    private Machine Open()
    {
        Machine machine = HostAccess.Open(Log);
        _programs = new TrackingRunner(machine.Programs);
        return machine with { Programs = _programs };
    }

    /// <summary>Waits for work. A failure ends the pipeline.</summary>
    private protected T AwaitOrThrow<T>(Func<CancellationToken, Task<T>> work, string? idle = null)
    {
        T result = default!;
        OrThrow(() => result = Await(work, idle));
        return result;
    }

    /// <inheritdoc cref="AwaitOrThrow{T}"/>
    private protected void AwaitOrThrow(Func<CancellationToken, Task> work, string? idle = null) =>
        OrThrow(() => Await(work, idle));

    /// <summary>Runs work on this thread. A failure ends the pipeline.</summary>
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

    /// <summary>Reports a failure of one input. The pipeline continues.</summary>
    private protected void WriteFailure(Failure failure, Exception? exception = null) =>
        WriteError(failure.ToErrorRecord(exception));

    /// <summary>
    /// Processes one input of a pipeline. A failure of this input is reported. A failure that affects all inputs ends
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

    /// <summary>The network with exactly this name or id.</summary>
    /// <exception cref="TailSplitException">As <see cref="TargetFinder.GetNetworkAsync"/>.</exception>
    private protected DockerNetwork GetNetwork(string name)
    {
        DockerNetwork network = Await(stop => Finder.GetNetworkAsync(name, stop));
        WarnOfUnseen(Finder.Unseen, name);
        return network;
    }

    /// <summary>Warns of engines that could not be asked, which may have a network of this name too.</summary>
    private protected void WarnOfUnseen(IEnumerable<UnseenEngine> unseen, string name)
    {
        foreach (UnseenEngine engine in unseen)
        {
            WriteWarning(
                $"{engine.Engine} may also have a network '{name}', but can't be asked: {engine.Failure.Message}");
        }
    }

    /// <summary>Finds the policies of a selection. A named policy that is not in force is an error.</summary>
    private protected LivePolicy[] Find(PolicySelection selection, IEnumerable<LivePolicy> policies)
    {
        LivePolicy[] found = selection.Choose(policies);
        if (found.Length == 0 && selection.MustMatch)
            WriteFailure(Failures.PolicyNotFound(selection.Text));

        return found;
    }

    /// <summary>Reports the failures and warnings of labels or a file.</summary>
    private protected void WriteFindings(IEnumerable<Failure> failures, IEnumerable<string> warnings)
    {
        foreach (Failure failure in failures)
            WriteFailure(failure);

        foreach (string warning in warnings)
            WriteWarning(warning);
    }
}
