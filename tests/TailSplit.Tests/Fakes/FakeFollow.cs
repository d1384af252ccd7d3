using System.Threading.Channels;
using TailSplit.Core.Errors;
using TailSplit.Execution.Programs;

namespace TailSplit.Tests.Fakes;

/// <summary>Programs that run on and print lines: tests say which lines, and when one of the programs ends.</summary>
internal sealed class FakeFollow
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, Channel<string>> _running = new(StringComparer.Ordinal);

    /// <summary>How often each program was started.</summary>
    public Dictionary<string, int> Starts { get; } = new(StringComparer.Ordinal);

    /// <summary>Programs that end as soon as they are started.</summary>
    public HashSet<string> Dies { get; } = new(StringComparer.Ordinal);

    public bool IsRunning(string program)
    {
        lock (_gate)
            return _running.ContainsKey(program);
    }

    /// <summary>The program prints a line. It must be running.</summary>
    public void Print(string program, string line)
    {
        lock (_gate)
            _running[program].Writer.TryWrite(line);
    }

    /// <summary>The program ends with these words.</summary>
    public void End(string program, string words) => Crash(program, Failures.FollowEnded(program, words).ToException());

    /// <summary>The program, or the reading of it, ends by this.</summary>
    public void Crash(string program, Exception cause)
    {
        lock (_gate)
        {
            if (_running.Remove(program, out Channel<string>? lines))
                lines.Writer.Complete(cause);
        }
    }

    public ChannelReader<string> Start(ProgramCall call)
    {
        bool known = call.Arguments.ToArray() is ["-N", "monitor", "rule"] or ["monitor"]
            || (call.Program == "docker" && call.Arguments is ["events", "--since", _, "--filter", "type=network", "--filter", "event=create",
                "--filter", "event=destroy", "--format", "{{json .}}"])
            || (call.Program == "podman" && call.Arguments is ["--remote=false", "events", "--since", _, "--filter", "type=network",
                "--filter", "event=create", "--filter", "event=remove", "--format", "json"]);
        if (!known)
            throw new InvalidOperationException($"The fake host does not know how to follow '{call}'.");

        lock (_gate)
        {
            Starts[call.Program] = Starts.GetValueOrDefault(call.Program) + 1;
            if (Dies.Contains(call.Program))
                throw Failures.FollowEnded(call.ToString(), "Segmentation fault").ToException();

            return (_running[call.Program] = Channel.CreateUnbounded<string>()).Reader;
        }
    }

    public void Stop(ProgramCall call)
    {
        lock (_gate)
            _running.Remove(call.Program);
    }
}
