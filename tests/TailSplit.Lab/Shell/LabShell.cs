using System.Diagnostics;
using System.Text;

namespace TailSplit.Lab;

/// <summary>
/// PowerShell with TailSplit on the lab's host: one long-lived pwsh, which is sent scripts and keeps its variables from
/// one to the next. It starts with the first script.
/// </summary>
public sealed class LabShell : IAsyncDisposable
{
    /// <summary>The environment variable that makes a backend the default of the cmdlets that have the choice.</summary>
    internal const string BackendVariable = "TAILSPLIT_LAB_BACKEND";

    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(60);
    private static readonly string s_server = Path.Combine(AppContext.BaseDirectory, "Shell", "LabShell.ps1");
    private readonly NetworkNamespace _host;
    private readonly IReadOnlyDictionary<string, string?> _environment;
    private readonly string[] _within;
    private readonly SemaphoreSlim _turn = new(1, 1);
    private Process? _process;
    private MarkedStream? _output;
    private MarkedStream? _error;

    /// <param name="host">Where it runs.</param>
    /// <param name="environment">Its environment variables.</param>
    /// <param name="within">A command that starts it in turn, such as unshare.</param>
    internal LabShell(
        NetworkNamespace host, IReadOnlyDictionary<string, string?> environment, params string[] within) =>
        (_host, _environment, _within) = (host, environment, within);

    /// <summary>Runs a script, of one line or many, and waits for all it has to say.</summary>
    public async Task<ShellResult> Run(string script)
    {
        await _turn.WaitAsync();
        try
        {
            return await Ask(script);
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <summary>Runs a script in a fresh process of its own, with these environment variables besides.</summary>
    public async Task<ShellResult> RunOnce(string script, params (string Name, string? Value)[] environment)
    {
        Dictionary<string, string?> all = new(_environment);
        foreach ((string name, string? value) in environment)
        {
            all[name] = value;
        }

        await using LabShell fresh = new(_host, all, _within);
        return await fresh.Run(script);
    }

    public async ValueTask DisposeAsync()
    {
        if (_process is { } process)
        {
            process.StandardInput.Close();
            try
            {
                await Wait.Until(() => process.HasExited, "the shell to end");
            }
            catch (TimeoutException)
            {
                LibC.Signal(process.Id, Signal.Kill);
            }

            process.Dispose();
            _process = null;
        }

        _turn.Dispose();
    }

    private string[] CommandLine =>
        [$"--net={_host.FilePath}", .. _within, .. Pwsh.Run(s_server, Pwsh.Manifest)];

    private async Task<ShellResult> Ask(string script)
    {
        Process process = _process ??= Start();
        string marker = $"==={Guid.NewGuid():N}";
        using CancellationTokenSource limit = new(s_patience);
        try
        {
            // What the last statement left in $? comes back on the marker's line.
            await process.StandardInput.WriteAsync(
                $"{marker} {Convert.ToBase64String(Encoding.UTF8.GetBytes(script))}\n");
            await process.StandardInput.FlushAsync(limit.Token);
            (string output, string succeeded) = await _output!.ReadTo(marker, limit.Token);
            (string error, _) = await _error!.ReadTo(marker, limit.Token);
            return new(script, output, error, succeeded == "True");
        }
        catch (Exception exception) when (exception is OperationCanceledException or IOException)
        {
            LibC.Signal(process.Id, Signal.Kill);
            _process = null;
            string error = await _error!.ReadToEnd();
            throw new InvalidOperationException(
                $"The shell ended, or gave no answer within {s_patience.TotalSeconds} s, at: {script}\n{error}",
                exception);
        }
    }

    private Process Start()
    {
        ProcessStartInfo start = new("nsenter", CommandLine)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach ((string name, string? value) in _environment)
        {
            start.Environment[name] = value;
        }

        start.Environment["POWERSHELL_TELEMETRY_OPTOUT"] = "1";
        // Methods that are not precompiled are not instrumented either: a tenth less to start.
        start.Environment["DOTNET_TieredPGO"] = "0";
        Process process = Process.Start(start)!;
        _output = new(process.StandardOutput);
        _error = new(process.StandardError);
        return process;
    }
}
