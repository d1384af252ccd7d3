using System.Globalization;
using System.Management.Automation;
using System.Management.Automation.Runspaces;
using System.Reflection;
using Microsoft.PowerShell.Commands;
using TailSplit.Commands;
using TailSplit.Tests.Fakes;
using TailSplit.Tests.Guidelines;

namespace TailSplit.Tests.Engine.Hosting;

/// <summary>
/// A PowerShell session on a fake host, with all the cmdlets of a user and those of TailSplit. The real engine without
/// functions, aliases and drives, so that opening one is cheap.
/// </summary>
internal sealed class Session : IDisposable
{
    // All that a user has: the engine's own cmdlets, those of PowerShell's modules, and TailSplit's.
    private static readonly SessionStateCmdletEntry[] s_cmdlets =
    [
        .. ((Assembly[])
        [
            typeof(WhereObjectCommand).Assembly,
            typeof(SelectObjectCommand).Assembly,
            typeof(GetContentCommand).Assembly,
            typeof(TailSplitCommand).Assembly,
        ])
        .SelectMany(assembly => assembly.GetExportedTypes())
        .Where(type => !type.IsAbstract && typeof(Cmdlet).IsAssignableFrom(type))
        .Select(type => (Type: type, Name: type.GetCustomAttribute<CmdletAttribute>(inherit: false)))
        .Where(cmdlet => cmdlet.Name is not null)
        .Select(cmdlet =>
            new SessionStateCmdletEntry($"{cmdlet.Name!.VerbName}-{cmdlet.Name.NounName}", cmdlet.Type, null)),
    ];

    // $true, $WhatIfPreference and the like; what else is in a default session takes longer to set up than most tests
    // run.
    private static readonly SessionStateVariableEntry[] s_variables =
        [.. InitialSessionState.CreateDefault2().Variables];

    private readonly Runspace _runspace;

    /// <param name="host">The host; the usual one by itself.</param>
    /// <param name="columns">The width of a screen, on which Out-Default shows objects by the module's own
    /// views.</param>
    public Session(FakeHost? host = null, int? columns = null)
    {
        Host = host ?? UsualHost.Create();
        InitialSessionState state = InitialSessionState.Create();
        state.LanguageMode = PSLanguageMode.FullLanguage;
        state.Variables.Add(s_variables);
        // For paths of files, which PowerShell resolves by its drives.
        state.Providers.Add(new SessionStateProviderEntry("FileSystem", typeof(FileSystemProvider), null));
        state.Commands.Add(s_cmdlets);
        if (columns is not null)
        {
            state.Formats.Add(InitialSessionState.CreateDefault2().Formats);
            state.Formats.Add(new SessionStateFormatEntry(SourceTree.JoinedFormats));
            Screen.Screen.Columns = columns;
        }

        _runspace = RunspaceFactory.CreateRunspace(Screen, state);
        // On this thread, so that the substitute, which is bound to the flow of this test, is seen by the cmdlets.
        _runspace.ThreadOptions = PSThreadOptions.UseCurrentThread;
        _runspace.Open();
    }

    public FakeHost Host { get; }

    /// <summary>What is shown, and how questions are answered.</summary>
    public ScreenHost Screen { get; } = new();

    public Answer Run(string script)
    {
        using PowerShell shell = Open(script);
        return Answer.Of(shell);
    }

    /// <summary>Runs a script with a value as <c>$value</c>.</summary>
    public Answer Run(string script, object? value)
    {
        _runspace.SessionStateProxy.SetVariable("value", value);
        return Run(script);
    }

    /// <summary>Runs a script that must neither fail nor complain, and forgets that it was run.</summary>
    public Session Given(FormattableString script)
    {
        Run(script.ToString(CultureInfo.InvariantCulture)).AssertNoErrors();
        Host.Forget();
        return this;
    }

    /// <summary>Runs a script and stops it, as Ctrl+C does, once a program of the host hangs.</summary>
    public Answer RunAndStop(string script) => RunAndStop(script, Host.Hanging.Task);

    /// <summary>Runs a script and stops it, as Ctrl+C does, once something has come about.</summary>
    public Answer RunAndStop(string script, Task moment)
    {
        using PowerShell shell = Open(script);
        Task stop = moment.ContinueWith(_ => shell.Stop(), TaskScheduler.Default);
        Answer answer = Answer.Of(shell);
        stop.Wait(TimeSpan.FromSeconds(10));
        return answer;
    }

    public void Dispose()
    {
        _runspace.Dispose();
        HostAccess.Substitute = null;
    }

    private PowerShell Open(string script)
    {
        // Another session of the same test may have been at work meanwhile.
        HostAccess.Substitute = Host.Machine;
        PowerShell shell = PowerShell.Create(_runspace);
        // In a script an error that ends a pipeline is only written, unless somebody catches it.
        shell.AddScript($"try {{ {script} }} catch {{ throw }}");
        return shell;
    }
}
