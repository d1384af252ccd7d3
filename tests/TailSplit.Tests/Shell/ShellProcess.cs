using System.Diagnostics;
using Xunit;

namespace TailSplit.Tests.Shell;

/// <summary>The built TailSplit.Shell as a child process; what is still alive at the end of a test is killed.</summary>
internal sealed class ShellProcess : IDisposable
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(60);

    // Whoever runs the tests in the background has them ignore SIGINT, and a child inherits that.
    private static readonly string[] s_heedful = ["env", "--default-signal=INT", "dotnet"];

    private readonly Process _process;

    private readonly Task<string> _error;

    private readonly CancellationTokenSource _limit;

    private ShellProcess(ProcessStartInfo start)
    {
        start.RedirectStandardInput = true;
        start.RedirectStandardOutput = true;
        start.RedirectStandardError = true;
        _limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        _limit.CancelAfter(s_patience);
        _process = Process.Start(start)!;
        _error = _process.StandardError.ReadToEndAsync(_limit.Token);
    }

    public static string Assembly { get; } = FindAssembly();

    public static ShellProcess Start(TestModule? module, params string[] arguments) =>
        new(StartInfo(s_heedful[0], module, [], [.. s_heedful[1..], Assembly, .. arguments]));

    public static ShellProcess Start(
        TestModule? module,
        IEnumerable<KeyValuePair<string, string?>> environment,
        params string[] arguments) => new(
            StartInfo(s_heedful[0], module, environment, [.. s_heedful[1..], Assembly, .. arguments]));

    /// <summary>On a terminal, which script(1) makes; its input is what would be typed.</summary>
    public static ShellProcess StartOnTerminal(
        TestModule module,
        IEnumerable<KeyValuePair<string, string?>> environment,
        string arguments = "")
    {
        const string Script = "/usr/bin/script";
        Assert.SkipUnless(File.Exists(Script), $"{Script} of util-linux is not there to make a terminal.");
        // script runs this by $SHELL. Without exec dash would stay between the two, and die of the Ctrl+C that is not
        // meant for it.
        string command = $"exec {string.Join(' ', s_heedful)} '{Assembly}' {arguments}";
        return new(StartInfo(Script, module, [new("SHELL", "/bin/sh"), .. environment], ["-qec", command, "/dev/null"]));
    }

    public static async Task<ShellResult> Run(TestModule? module, string input, params string[] arguments)
    {
        using ShellProcess shell = Start(module, arguments);
        return await shell.Finish(input);
    }

    public async Task Send(string text)
    {
        await _process.StandardInput.WriteAsync(text.AsMemory(), _limit.Token);
        await _process.StandardInput.FlushAsync(_limit.Token);
    }

    /// <summary>Reads stdout up to the first place where it says this.</summary>
    public async Task<string> ReadUntil(string text)
    {
        string read = "";
        char[] character = new char[1];
        while (!read.EndsWith(text, StringComparison.Ordinal))
        {
            if (await _process.StandardOutput.ReadAsync(character, _limit.Token) == 0)
                throw new EndOfStreamException($"The shell never said '{text}', but: {read}{await _error}");

            read += character[0];
        }

        return read;
    }

    public async Task Signal(string name)
    {
        using Process kill = Process.Start("/bin/kill", ["-" + name, $"{_process.Id}"]);
        await kill.WaitForExitAsync(_limit.Token);
    }

    /// <summary>Writes the rest of the input, closes it, and waits for the end.</summary>
    public async Task<ShellResult> Finish(string input = "")
    {
        try
        {
            await Send(input);
            _process.StandardInput.Close();
        }
        catch (IOException)
        {
            // It was not interested, and has ended already.
        }

        return await End();
    }

    /// <summary>Waits for the end with the input still open.</summary>
    public async Task<ShellResult> End()
    {
        string output = await _process.StandardOutput.ReadToEndAsync(_limit.Token);
        string error = await _error;
        await _process.WaitForExitAsync(_limit.Token);
        return new(_process.ExitCode, output, error);
    }

    public void Dispose()
    {
        if (!_process.HasExited)
            _process.Kill(entireProcessTree: true);

        _process.Dispose();
        _limit.Dispose();
    }

    private static ProcessStartInfo StartInfo(
        string program,
        TestModule? module,
        IEnumerable<KeyValuePair<string, string?>> environment,
        IEnumerable<string> arguments)
    {
        ProcessStartInfo start = new(program, arguments);
        start.Environment["TAILSPLIT_MODULE"] = module?.ManifestPath;
        start.Environment["COLUMNS"] = null;
        start.Environment["NO_COLOR"] = null;
        start.Environment["TERM"] = "xterm";
        foreach ((string name, string? value) in environment)
            start.Environment[name] = value;

        return start;
    }

    private static string FindAssembly()
    {
        // .../tests/TailSplit.Tests/bin/<Configuration>/net10.0
        DirectoryInfo framework = new(Path.TrimEndingDirectorySeparator(AppContext.BaseDirectory));
        DirectoryInfo? root = framework;
        while (root is not null && !File.Exists(Path.Combine(root.FullName, "TailSplit.sln")))
            root = root.Parent;

        string path = Path.Combine(
            root?.FullName ?? throw new DirectoryNotFoundException("No TailSplit.sln above the tests."),
            "src/TailSplit.Shell/bin",
            framework.Parent!.Name,
            framework.Name,
            "TailSplit.Shell.dll");
        return File.Exists(path)
            ? path
            : throw new FileNotFoundException($"{path} is not there; build it: dotnet build src/TailSplit.Shell");
    }
}
