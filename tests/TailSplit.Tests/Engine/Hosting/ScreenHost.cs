using System.Globalization;
using System.Management.Automation.Host;

namespace TailSplit.Tests.Engine.Hosting;

/// <summary>A host with a screen that remembers, and a person who answers as told.</summary>
internal sealed class ScreenHost : PSHost
{
    private readonly Screen _screen = new();

    public IReadOnlyList<string> Lines => _screen.Lines;

    /// <summary>What is answered to the next questions: labels such as "Yes" or "No".</summary>
    public Queue<string> Answers => _screen.Answers;

    public Screen Screen => _screen;

    public override CultureInfo CurrentCulture => CultureInfo.InvariantCulture;

    public override CultureInfo CurrentUICulture => CultureInfo.InvariantCulture;

    public override Guid InstanceId { get; } = Guid.NewGuid();

    public override string Name => "TailSplit tests";

    public override PSHostUserInterface UI => _screen;

    public override Version Version { get; } = new(1, 0);

    public override void EnterNestedPrompt() => throw new NotSupportedException();

    public override void ExitNestedPrompt() => throw new NotSupportedException();

    public override void NotifyBeginApplication()
    {
    }

    public override void NotifyEndApplication()
    {
    }

    public override void SetShouldExit(int exitCode)
    {
    }
}
