using System.Management.Automation;
using System.Reflection;
using TailSplit.Shell.Hosting;
using TailSplit.Shell.Requests;
using TailSplit.Shell.Running;
using TailSplit.Shell.Terminals;

namespace TailSplit.Shell;

internal static class Program
{
    private const string Prompt = "TailSplit> ";

    private const string TelemetryOptOut = "POWERSHELL_TELEMETRY_OPTOUT";

    private static int Main(string[] arguments)
    {
        // Before the engine's first type is loaded: it looks once.
        if (Environment.GetEnvironmentVariable(TelemetryOptOut) is null)
            Environment.SetEnvironmentVariable(TelemetryOptOut, "1");

        try
        {
            return Serve(RequestParser.Parse(arguments));
        }
        catch (UsageException exception)
        {
            Console.Error.WriteLine($"TailSplit.Shell: {exception.Message}");
            return ExitCode.Usage;
        }
    }

    private static int Serve(ShellRequest request)
    {
        switch (request)
        {
            case ShellRequest.Help:
                Console.Out.WriteLine(HelpText.Text);
                return ExitCode.Success;
            case ShellRequest.Version:
                Console.Out.WriteLine($"TailSplit.Shell {OwnVersion()} (PowerShell {PSVersionInfo.PSVersion})");
                return ExitCode.Success;
            default:
                return RunEngine(request);
        }
    }

    private static int RunEngine(ShellRequest request)
    {
        Terminal terminal = new();
        if (!terminal.OutHasColour)
            PSStyle.Instance.OutputRendering = OutputRendering.PlainText;

        ShellUserInterface userInterface = new(terminal, request.Interactive);
        ShellHost host = new(userInterface);
        using Engine engine = new(host, userInterface);
        if (!Import(engine, terminal))
            return ExitCode.NoModule;

        using Interrupts interrupts = new(engine, terminal.In, inSession: request is ShellRequest.Session);
        StatementLoop loop = new(terminal, host, engine, interrupts);
        host.NestedPrompt = loop.RunNested;
        Outcome outcome = request switch
        {
            ShellRequest.Command command => engine.Run(command.Text),
            ShellRequest.ScriptFromInput => engine.Run(terminal.In.ReadToEnd()),
            ShellRequest.File file => engine.RunFile(file.Path, file.Arguments),
            ShellRequest.Session => loop.Run(Prompt),
            _ => throw new InvalidOperationException($"{request} is not run by the engine."),
        };
        if (interrupts.Terminates)
            return ExitCode.Terminated;

        // A person at the prompt has seen what failed.
        bool prompted = request is ShellRequest.Session && terminal.InIsTerminal;
        return host.RequestedExitCode ?? outcome switch
        {
            Outcome.Stopped => prompted ? ExitCode.Success : ExitCode.Interrupted,
            Outcome.Failed or Outcome.Broken => prompted ? ExitCode.Success : ExitCode.Failed,
            _ => ExitCode.Success,
        };
    }

    private static bool Import(Engine engine, Terminal terminal)
    {
        string? manifest = null;
        try
        {
            manifest = ModuleManifest.Find();
            engine.Import(manifest);
            return true;
        }
        catch (Exception exception) when (exception is FileNotFoundException or RuntimeException)
        {
            string module = manifest is null ? "the module" : $"the module {manifest}";
            terminal.Error.WriteLine($"TailSplit.Shell: {module} could not be loaded: {exception.Message}");
            terminal.Error.WriteLine("If it is not built yet, build it: dotnet build");
            return false;
        }
    }

    private static string OwnVersion() =>
        typeof(Program).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion
            .Split('+')[0]
        ?? "of unknown version";
}
