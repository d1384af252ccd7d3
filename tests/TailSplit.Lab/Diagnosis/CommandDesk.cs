namespace TailSplit.Lab.Diagnosis;

/// <summary>
/// Commands on the lab's PATH whose work is done by the test process: the program hands its arguments in as a file,
/// waits until that is taken away, and ends as it is told.
/// </summary>
internal sealed class CommandDesk : IAsyncDisposable
{
    private const string HandIn =
        """
        printf '%s\n' "${0##*/}" "$@" > "desk.$$.new" && mv "desk.$$.new" "desk.$$.request" || exit 1
        tries=0
        while [ ! -e "desk.$$.done" ]; do
            tries=$((tries + 1))
            [ $tries -lt 1200 ] || exit 1
            sleep 0.05
        done
        cat "desk.$$.done" >&2
        if [ -s "desk.$$.done" ]; then status=1; else status=0; fi
        rm -f "desk.$$.done"
        exit $status

        """;

    private readonly string _folder;
    private readonly Func<string[], Task> _serve;
    private readonly CancellationTokenSource _end = new();
    private readonly Task _work;

    /// <param name="folder">A folder on the PATH.</param>
    /// <param name="serve">Does what a command line asks for; an exception is the program's complaint.</param>
    public CommandDesk(string folder, Func<string[], Task> serve)
    {
        (_folder, _serve) = (folder, serve);
        _work = Task.Run(Serve);
    }

    /// <summary>
    /// Makes a program of which all is done here but what <paramref name="cases"/>, arms of a sh "case", answer at
    /// once.
    /// </summary>
    public void Install(string program, string cases)
    {
        string path = Path.Combine(_folder, program);
        File.WriteAllText(path, $"#!/bin/sh\ncd \"${{0%/*}}\" || exit 1\ncase \"$*\" in\n{cases}\nesac\n{HandIn}");
        File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }

    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();
        await _work;
        _end.Dispose();
    }

    private async Task Serve()
    {
        while (!_end.IsCancellationRequested)
        {
            foreach (string request in Directory.GetFiles(_folder, "desk.*.request"))
            {
                string[] command = await File.ReadAllLinesAsync(request);
                File.Delete(request);
                string complaint = "";
                try
                {
                    await _serve(command);
                }
                catch (Exception exception)
                {
                    complaint = exception.Message + "\n";
                }

                string done = Path.ChangeExtension(request, ".done");
                await File.WriteAllTextAsync(done + ".new", complaint);
                File.Move(done + ".new", done);
            }

            await Task.Delay(20);
        }
    }
}
