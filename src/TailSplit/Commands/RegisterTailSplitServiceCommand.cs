using System.Collections.Immutable;
using System.Management.Automation;
using System.Runtime.Versioning;
using TailSplit.Core.Compilation;
using TailSplit.Core.Desired;
using TailSplit.Core.Documents;
using TailSplit.Core.Model;
using TailSplit.Core.Services;
using TailSplit.Execution;
using TailSplit.Execution.Services;
using TailSplit.Output;

namespace TailSplit.Commands;

/// <summary>
/// Register-TailSplitService: policies that outlast a reboot. Stores them, and has systemd close killswitch networks
/// before Docker and the network start, put all policies in force after them, and, with -Watch, repair them. Run again,
/// it stores what is in force then.
/// </summary>
[Cmdlet(
    VerbsLifecycle.Register, "TailSplitService", SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.Medium)]
[OutputType(typeof(TailSplitServiceFile))]
[UnsupportedOSPlatform("windows")]
public sealed class RegisterTailSplitServiceCommand : TailSplitCommand
{
    private const UnixFileMode OwnerAlone = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private const UnixFileMode Readable = OwnerAlone | UnixFileMode.GroupRead | UnixFileMode.OtherRead;

    /// <summary>A policy file to store instead of what is in force.</summary>
    [Parameter(Position = 0)]
    [ValidateNotNullOrEmpty]
    public string? Path { get; set; }

    /// <summary>Runs the watcher too, which repairs policies within a second.</summary>
    [Parameter]
    public SwitchParameter Watch { get; set; }

    /// <summary>Puts policies in force by the labels of Docker's networks as well.</summary>
    [Parameter]
    public SwitchParameter Label { get; set; }

    /// <summary>
    /// The root folder of another system, such as an image: files are written there, and systemd is left alone.
    /// </summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? Root { get; set; }

    /// <summary>
    /// The PowerShell that the units start, as they see it; by default the one that runs this command.
    /// </summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? Executable { get; set; }

    /// <summary>The manifest of the module, as the units see it; by default that of this command.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? ModulePath { get; set; }

    protected override void EndProcessing()
    {
        bool preview = IsWhatIf;
        ServiceFolder folder = new(Root is null ? "/" : GetUnresolvedProviderPathFromPSPath(Root));
        OrThrow(folder.CheckUnitFolder);
        (ServiceFile File, ServiceFileFate Fate)[] files = [.. WantedFiles().Select(file => (file, folder.Look(file)))];
        bool anything = files.Any(file => file.Fate != ServiceFileFate.Keep);
        bool approved = anything && ShouldProcess(folder.Locate(ServiceLayout.UnitFolder), "Register the service");
        if (anything && !approved && !preview)
            return;

        foreach ((ServiceFile file, ServiceFileFate fate) in files.Where(
            file => file.File.Text is not null || file.Fate != ServiceFileFate.Keep))
        {
            if (approved)
                OrThrow(() => folder.Put(file));

            WriteObject(ServiceFileReport.Of(folder, file, fate, planned: !approved));
        }

        if (Root is null && !preview)
            AwaitOrThrow(stop => StartAsync(files, stop));
    }

    private async Task StartAsync((ServiceFile File, ServiceFileFate Fate)[] files, CancellationToken stop)
    {
        Systemd systemd = new(Runner);
        if (files.Any(file => file.Fate != ServiceFileFate.Keep))
            await systemd.ReloadAsync(stop).ConfigureAwait(false);

        await systemd.EnableAsync(
            Watch ? ServiceLayout.Units : ServiceLayout.Units.Take(2), stop).ConfigureAwait(false);
        if (Watch)
            await systemd.RestartAsync(ServiceLayout.WatchUnit, stop).ConfigureAwait(false);
    }

    private IEnumerable<ServiceFile> WantedFiles()
    {
        HostState state = ReadHost(glance: IsWhatIf || Path is not null);
        (PolicyDocument document, IEnumerable<Policy> policies) = Path is null
            ? InForce(state)
            : OfFile(GetUnresolvedProviderPathFromPSPath(Path), state);
        ServiceCommand command = new(Executable is null ? ServiceProgram.Words : [Executable], ModulePath ?? Manifest())
        {
            Environment = ServiceProgram.Variables,
        };
        EarlyRules early = EarlyRules.Of(policies, state.Environment);
        yield return new ServiceFile(ServiceLayout.PolicyFile, PolicyDocumentWriter.Write(document), OwnerAlone);
        foreach (IpFamily family in IpFamilies.All)
        {
            yield return new ServiceFile(
                ServiceLayout.InFolder(ServiceLayout.Restore(family)),
                early.Restore.GetValueOrDefault(family),
                OwnerAlone);
            yield return new ServiceFile(
                ServiceLayout.InFolder(ServiceLayout.Batch(family)), early.Batch.GetValueOrDefault(family), OwnerAlone);
        }

        yield return new ServiceFile(
            ServiceLayout.Script,
            EarlyScript.Write(Iptables.SuffixOf(state.Variant)),
            OwnerAlone | UnixFileMode.UserExecute);
        yield return Unit(ServiceLayout.EarlyUnit, ServiceUnits.Early());
        yield return Unit(ServiceLayout.SyncUnit, ServiceUnits.Sync(command, Label));
        yield return Unit(ServiceLayout.WatchUnit, Watch ? ServiceUnits.Watch(command, Label) : null);
    }

    private static ServiceFile Unit(string name, string? text) => new(ServiceLayout.UnitFile(name), text, Readable);

    // What to store, and as what it will be in force after the next boot.
    private (PolicyDocument, IEnumerable<Policy>) InForce(HostState state)
    {
        List<Policy> policies = [];
        foreach (LivePolicy live in state.Policies)
        {
            if (live.IsWhole && live.IsNamed)
                policies.Add(live.Policy);
            else
                WriteWarning(
                    $"Of the policy '{live.Policy.Name}' only remains are in force, so it is not stored. " +
                    "Put it in force again first.");
        }

        // What labels ask for is asked of them again.
        Policy[] stored = [.. policies.Where(policy => !(Label && policy.Origin == PolicyOrigin.Labels))];
        return (PolicyDocument.Of(stored), policies.Select(policy => stored.Contains(policy) ? Owned(policy) : policy));
    }

    private (PolicyDocument, IEnumerable<Policy>) OfFile(string path, HostState state)
    {
        PolicyDocument document = AwaitOrThrow(stop => PolicyFile.ReadAsync(path, stop));
        DesiredPolicies desired = AwaitOrThrow(stop => FileSource.FindAsync(document, Runner, state, stop));
        WriteFindings(desired.Failures, desired.Warnings);

        // Where each network is now is what boot has to go by.
        Dictionary<PolicyName, PolicyTarget> found = desired.Policies.ToDictionary(
            policy => policy.Name, policy => policy.Target);
        PolicyDocument current = new(
        [
            .. document.Policies.Select(policy => policy with
            {
                Policy =
                    policy.Policy with { Target = found.GetValueOrDefault(policy.Policy.Name) ?? policy.Policy.Target },
            }),
        ]);
        return (current, desired.Policies.Select(Owned));
    }

    private static Policy Owned(Policy policy) =>
        policy with { Origin = PolicyOrigin.OfFile(ServiceLayout.PolicyFile) };

    private string Manifest()
    {
        string? folder = MyInvocation.MyCommand.Module?.ModuleBase;
        string assembly = System.IO.Path.GetDirectoryName(typeof(RegisterTailSplitServiceCommand).Assembly.Location)!;
        return System.IO.Path.GetFullPath("TailSplit.psd1", folder ?? System.IO.Path.GetDirectoryName(assembly)!);
    }
}
