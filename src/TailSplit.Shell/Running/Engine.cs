using System.Management.Automation;
using System.Management.Automation.Runspaces;
using TailSplit.Shell.Hosting;

namespace TailSplit.Shell.Running;

/// <summary>One runspace, and the scripts that run in it one after the other.</summary>
internal sealed class Engine : IDisposable
{
    private readonly ShellHost _host;

    private readonly ShellUserInterface _userInterface;

    private readonly Runspace _runspace;

    private readonly Lock _stopping = new();

    private volatile Pipeline? _running;

    private Pipeline? _stopped;

    private bool LastCommandFailed => _runspace.SessionStateProxy.GetVariable("?") is false;

    private int? LastExitCode => _runspace.SessionStateProxy.GetVariable("LASTEXITCODE") as int?;

    public Engine(ShellHost host, ShellUserInterface userInterface)
    {
        _host = host;
        _userInterface = userInterface;

        // CreateDefault wants Microsoft.PowerShell.ConsoleHost, which comes with pwsh only.
        InitialSessionState state = InitialSessionState.CreateDefault2();
        state.ThreadOptions = PSThreadOptions.UseCurrentThread;
        _runspace = RunspaceFactory.CreateRunspace(host, state);
        _runspace.Open();
    }

    /// <exception cref="RuntimeException">The module could not be loaded.</exception>
    public void Import(string manifest)
    {
        using Pipeline pipeline = _runspace.CreatePipeline();
        Command import = new("Import-Module");
        import.Parameters.Add("Name", manifest);
        import.Parameters.Add("ErrorAction", ActionPreference.Stop);
        pipeline.Commands.Add(import);
        pipeline.Invoke();
    }

    /// <summary>Runs a script, its output formatted, and says how it ended.</summary>
    public Outcome Run(string script)
    {
        // $? outlives a pipeline only if that goes into the history.
        Pipeline? outer = _running;
        using Pipeline pipeline = outer is null
            ? _runspace.CreatePipeline(script, addToHistory: true)
            : _runspace.CreateNestedPipeline(script, addToHistory: true);
        pipeline.Commands[0].MergeMyResults(PipelineResultTypes.Error, PipelineResultTypes.Output);
        pipeline.Commands.Add("Out-Default");
        _running = pipeline;
        Outcome outcome = Invoke(pipeline, nested: outer is not null);
        _userInterface.ClearProgress();
        lock (_stopping)
        {
            _running = outer;

            // A stop that came between two statements, or with the last one, ends the script without an exception.
            return ReferenceEquals(_stopped, pipeline) ? Outcome.Stopped : outcome;
        }
    }

    /// <summary>Runs a script file; <c>exit N</c> in it ends the shell with N.</summary>
    public Outcome RunFile(string path, IEnumerable<string> arguments)
    {
        Outcome outcome = Run(ScriptFileCommand.Compose(path, arguments));
        if (outcome == Outcome.Failed && LastExitCode is { } exitCode and not 0)
            _host.SetShouldExit(exitCode);

        return outcome;
    }

    /// <summary>Asks the running script to stop; false if there is none.</summary>
    public bool Stop()
    {
        lock (_stopping)
        {
            if (_running is not { } running)
                return false;

            _stopped = running;
            running.StopAsync();
            return true;
        }
    }

    public void Dispose() => _runspace.Dispose();

    private Outcome Invoke(Pipeline pipeline, bool nested)
    {
        try
        {
            pipeline.Invoke();

            // Variables are out of reach while a pipeline runs; how a nested one ended is nobody's question anyway.
            return !nested && LastCommandFailed ? Outcome.Failed : Outcome.Succeeded;
        }
        catch (Exception exception) when (exception is PipelineStoppedException or InvalidPipelineStateException)
        {
            // The second when it was stopped before it had begun.
            return Outcome.Stopped;
        }
        catch (RuntimeException exception)
        {
            Report(exception, nested);
            return Outcome.Broken;
        }
    }

    private void Report(RuntimeException exception, bool nested)
    {
        if (exception is IncompleteParseException)
        {
            // The engine's own view of this one is an empty line.
            _userInterface.WriteErrorLine($"ParserError: {exception.Message}");
            return;
        }

        using Pipeline pipeline = nested ? _runspace.CreateNestedPipeline() : _runspace.CreatePipeline();
        pipeline.Commands.Add("Out-Default");
        _userInterface.ReportsError = true;
        try
        {
            pipeline.Invoke(new[] { exception.ErrorRecord });
        }
        catch (RuntimeException)
        {
            _userInterface.WriteErrorLine(exception.Message);
        }
        finally
        {
            _userInterface.ReportsError = false;
        }
    }
}
