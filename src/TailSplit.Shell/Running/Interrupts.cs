using System.Runtime.InteropServices;
using TailSplit.Shell.Terminals;

namespace TailSplit.Shell.Running;

/// <summary>
/// Ctrl+C and SIGTERM stop the running script, which may first bring to an end what must not be broken off. When nothing
/// runs, they do what they always do.
/// </summary>
internal sealed class Interrupts : IDisposable
{
    private readonly Engine _engine;

    private readonly StandardInput _input;

    private readonly PosixSignalRegistration _interrupt;

    private readonly PosixSignalRegistration _terminate;

    private volatile bool _terminates;

    public Interrupts(Engine engine, StandardInput input)
    {
        _engine = engine;
        _input = input;
        _interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, OnInterrupt);
        _terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, OnTerminate);
    }

    /// <summary>SIGTERM came while a script ran: once that has stopped, the shell ends.</summary>
    public bool Terminates => _terminates;

    public void Dispose()
    {
        _interrupt.Dispose();
        _terminate.Dispose();
    }

    private void OnInterrupt(PosixSignalContext context)
    {
        bool stops = _engine.Stop();
        bool wakes = _input.Interrupt();
        context.Cancel = stops || wakes;
    }

    private void OnTerminate(PosixSignalContext context)
    {
        if (!_engine.Stop())
            return;

        _terminates = true;
        _input.Interrupt();
        context.Cancel = true;
    }
}
