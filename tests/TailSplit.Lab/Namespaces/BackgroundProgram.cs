using System.Diagnostics;
using System.Text;

namespace TailSplit.Lab;

/// <summary>A program that runs until it is stopped, by its own process id.</summary>
public sealed class BackgroundProgram : IAsyncDisposable
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(20);
    private readonly Process _process;
    private readonly StringBuilder _log = new();

    private BackgroundProgram(Process process)
    {
        _process = process;
        process.OutputDataReceived += (_, line) => Note(line.Data);
        process.ErrorDataReceived += (_, line) => Note(line.Data);
        process.Start();
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        process.StandardInput.Close();
        Id = process.Id;
    }

    public int Id { get; }

    public bool IsRunning => !_process.HasExited;

    public string Log
    {
        get
        {
            lock (_log)
            {
                return _log.ToString();
            }
        }
    }

    /// <summary>
    /// nsenter(1) and unshare(1) execute the program in their own place, so the id is the program's own.
    /// </summary>
    public static BackgroundProgram Start(
        string program, IEnumerable<string> arguments, IReadOnlyDictionary<string, string>? environment = null)
    {
        ProcessStartInfo start = new(program, arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach ((string name, string value) in environment ?? new Dictionary<string, string>())
        {
            start.Environment[name] = value;
        }

        return new(new() { StartInfo = start });
    }

    /// <summary>Sends the signal and waits for the end; a program that stays is killed.</summary>
    public async Task Stop(Signal signal)
    {
        if (!IsRunning)
        {
            return;
        }

        LibC.Signal(Id, signal);
        try
        {
            await Ended();
        }
        catch (TimeoutException)
        {
            LibC.Signal(Id, Signal.Kill);
            await Ended();
        }
    }

    // Not WaitForExitAsync: that waits for every heir of the output pipe as well.
    private Task Ended() => Wait.Until(() => !IsRunning, $"the end of process {Id}", s_patience);

    public async ValueTask DisposeAsync()
    {
        await Stop(Signal.Kill);
        _process.Dispose();
    }

    private void Note(string? line)
    {
        lock (_log)
        {
            _log.AppendLine(line);
        }
    }
}
