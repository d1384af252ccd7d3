using System.Runtime.InteropServices;
using TailSplit.Shell.Terminals;

namespace TailSplit.Shell.Running;

/// <summary>
/// Ctrl+C and SIGTERM stop the running script, which may first bring to an end what must not be broken off. When
/// nothing runs, they do what they always do.
/// </summary>
internal sealed class Interrupts : IDisposable
{
    private readonly Engine _engine;

    private readonly StandardInput _input;

    private readonly bool _inSession;

    private readonly PosixSignalRegistration _interrupt;

    private readonly PosixSignalRegistration _terminate;

    private volatile bool _terminates;

    public Interrupts(Engine engine, StandardInput input, bool inSession)
    {
        _engine = engine;
        _input = input;
        _inSession = inSession;
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
        // Both: a script that stops may wait for an answer, or be about to ask.
        bool stops = _engine.Stop();
        bool wakes = _input.Interrupt();

        // Neither: it came between two statements. A session hears of it as soon as it reads on.
        context.Cancel = stops || wakes || _inSession;
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
