using System.Management.Automation;
using TailSplit.Shell.Hosting;
using TailSplit.Shell.Terminals;

namespace TailSplit.Shell.Running;

/// <summary>Reads statements, runs each as soon as it is complete, until the input ends or one says so.</summary>
internal sealed class StatementLoop(Terminal terminal, ShellHost host, Engine engine, Interrupts interrupts)
{
    private const string ContinuationPrompt = ">> ";

    private readonly Terminal _terminal = terminal;

    private readonly ShellHost _host = host;

    private readonly Engine _engine = engine;

    private readonly Interrupts _interrupts = interrupts;

    /// <summary>Returns how the last statement ended.</summary>
    public Outcome Run(string prompt) => Run(prompt, nested: false);

    /// <summary>Runs inside a command that was suspended; <c>exit</c> goes on with it.</summary>
    /// <exception cref="PipelineStoppedException">Ctrl+C was typed at the prompt: nothing goes on.</exception>
    public void RunNested()
    {
        Outcome outcome = Run("TailSplit (suspended)> ", nested: true);
        _host.NestedPromptEnds = false;
        if (outcome == Outcome.Stopped)
            throw new PipelineStoppedException();
    }

    private Outcome Run(string prompt, bool nested)
    {
        Outcome outcome = Outcome.Succeeded;
        while (true)
        {
            Statement statement;
            try
            {
                statement = Read(prompt);
            }
            catch (OperationCanceledException)
            {
                // Inside a command it was that command which was stopped.
                if (nested || !_terminal.InIsTerminal)
                    return Outcome.Stopped;

                _terminal.Questions.WriteLine();
                continue;
            }

            if (statement.IsEmpty || statement.Leaves)
                return outcome;

            outcome = _engine.Run(statement.Text);

            // The terminal has shown a ^C and stays on its line.
            if (outcome == Outcome.Stopped && _terminal.InIsTerminal)
            {
                _terminal.In.ForgetInterruption();
                _terminal.Questions.WriteLine();
            }

            if (IsOver(outcome))
                return outcome;
        }
    }

    private bool IsOver(Outcome outcome) =>
        _host.RequestedExitCode is not null
        || _host.NestedPromptEnds
        || _interrupts.Terminates
        || (outcome == Outcome.Stopped && !_terminal.InIsTerminal);

    /// <summary>The next statement; an empty one at the end of the input.</summary>
    private Statement Read(string prompt)
    {
        Statement statement = Statement.Empty;
        while (true)
        {
            if (_terminal.InIsTerminal)
                _terminal.Questions.Write(statement.IsEmpty ? prompt : ContinuationPrompt);

            string? line = _terminal.In.ReadLine();
            if (line is null)
            {
                // Ctrl+D leaves the cursor behind the prompt.
                if (_terminal.InIsTerminal)
                    _terminal.Questions.WriteLine();

                // A statement the input broke off is run all the same: the parser says what it lacks.
                return statement;
            }

            if (statement.IsEmpty && string.IsNullOrWhiteSpace(line))
                continue;

            statement = statement.With(line);
            if (statement.IsComplete)
                return statement;
        }
    }
}
