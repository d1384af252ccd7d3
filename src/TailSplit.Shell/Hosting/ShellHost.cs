using System.Globalization;
using System.Management.Automation.Host;

namespace TailSplit.Shell.Hosting;

/// <summary>What the engine knows of the program that hosts it.</summary>
internal sealed class ShellHost(ShellUserInterface userInterface) : PSHost
{
    private readonly ShellUserInterface _userInterface = userInterface;

    /// <summary>Runs a prompt inside the running command, until <see cref="NestedPromptEnds"/>.</summary>
    public Action? NestedPrompt { get; set; }

    /// <summary>Set by <c>exit</c> inside a nested prompt; the prompt takes it back.</summary>
    public bool NestedPromptEnds { get; set; }

    /// <summary>The N of <c>exit N</c>, once it was said.</summary>
    public int? RequestedExitCode { get; private set; }

    public override string Name => "TailSplit.Shell";

    public override Version Version { get; } = typeof(ShellHost).Assembly.GetName().Version ?? new Version(0, 0);

    public override Guid InstanceId { get; } = Guid.NewGuid();

    public override PSHostUserInterface UI => _userInterface;

    public override CultureInfo CurrentCulture => CultureInfo.CurrentCulture;

    public override CultureInfo CurrentUICulture => CultureInfo.CurrentUICulture;

    public override void SetShouldExit(int exitCode) => RequestedExitCode = exitCode;

    public override void EnterNestedPrompt()
    {
        if (NestedPrompt is null)
            throw new NotSupportedException("There is no prompt to suspend to here.");

        NestedPrompt();
    }

    public override void ExitNestedPrompt() => NestedPromptEnds = true;

    // A native program writes to the same descriptors; nothing is buffered, so there is nothing to hand over.
    public override void NotifyBeginApplication() => _userInterface.ClearProgress();

    public override void NotifyEndApplication()
    {
    }
}
