using System.Management.Automation;
using System.Runtime.Versioning;
using TailSplit.Core;
using TailSplit.Core.Documents;
using TailSplit.Core.Hosts;
using TailSplit.Core.Iptables;
using TailSplit.Core.Services;
using TailSplit.Execution.Files;
using TailSplit.Execution.Hosts;
using TailSplit.Execution.Labels;
using TailSplit.Execution.Services;
using TailSplit.Output;

namespace TailSplit.Commands;

/// <summary>
/// Register-TailSplitService: stores the policies in force, and installs units that block killswitch networks before
/// Docker and the network start, put all policies in force afterwards and, with -Watch, repair them.
/// </summary>
[Cmdlet(
    VerbsLifecycle.Register, "TailSplitService", SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.Medium)]
[OutputType(typeof(TailSplitServiceFile))]
[UnsupportedOSPlatform("windows")]
public sealed class RegisterTailSplitServiceCommand : TailSplitCommand
{
    /// <summary>A policy file to store instead of the policies in force.</summary>
    [Parameter(Position = 0)]
    [ValidateNotNullOrEmpty]
    public string? Path { get; set; }

    /// <summary>Also runs the watcher, which repairs policies within a second.</summary>
    [Parameter]
    public SwitchParameter Watch { get; set; }

    /// <summary>Also puts policies in force by the labels of Docker's networks.</summary>
    [Parameter]
    public SwitchParameter Label { get; set; }

    /// <summary>
    /// The root folder of another system, such as an image. Files are written there, and systemd is not called.
    /// </summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? Root { get; set; }

    /// <summary>The path of the PowerShell that the units start; by default the one that runs this command.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? Executable { get; set; }

    /// <summary>The manifest or folder of the module that the units load; by default that of this command.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? ModulePath { get; set; }

    protected override void EndProcessing()
    {
        bool preview = IsWhatIf;
        string? root = Root is null ? null : GetUnresolvedProviderPathFromPSPath(Root);
        ServiceFolder folder = new(root ?? "/");
        OrThrow(folder.CheckUnitFolder);
        ServiceCommand command = Start(new ServiceStart(folder, root), preview);
        Host host = ReadHost(preview || Path is not null ? HostScope.Preview : HostScope.Rules);
        StoredPolicies policies = Stored(host);
        WriteFindings(policies.Failures, policies.Warnings);
        ServiceContent content = new(policies, command) { Watches = Watch, ByLabel = Label };
        ServiceRegistration registration = new(
            folder, content.Files(host.Environment, host.Firewall.Variant.Suffix()));
        bool approved = registration.ChangesAnything
            && ShouldProcess(folder.Locate(ServiceLayout.UnitFolder), "Register the service");
        if (registration.ChangesAnything && !approved && !preview)
            return;

        Systemd? systemd = root is null && !preview ? new Systemd(Machine.Programs) : null;
        Put(registration.Written);

        // The files were written, so this user is root. systemd still has the files that are removed next.
        if (systemd is not null)
            AwaitOrThrow(stop => registration.StopAsync(systemd, stop));

        Put(registration.Removed);
        if (systemd is not null)
            AwaitOrThrow(stop => registration.StartAsync(systemd, stop));

        void Put(IEnumerable<(ServiceFile File, ServiceFileAction Kind)> files)
        {
            foreach ((ServiceFile file, ServiceFileAction action) in files)
            {
                if (approved)
                    OrThrow(() => folder.Put(file));

                WriteObject(ServiceFileReport.Of(folder, file, action, planned: !approved));
            }
        }
    }

    // What the units start, and the warnings about it.
    private ServiceCommand Start(ServiceStart start, bool preview)
    {
        UnitProgram program = Executable is null ? RunningPowerShell.Find() : new UnitProgram(Executable);
        ModuleLocation module = ModulePath is null
            ? ModuleLocation.Of(ModuleFolder())
            : new ModuleLocation(ModulePath, null);
        ServiceCommand command = start.Command(program, module.Path);
        IReadOnlyList<Failure> failures = start.Check(command);
        if (!preview && failures.FirstOrDefault(start.Refuses) is Failure refusal)
            OrThrow(() => throw refusal.ToException());

        foreach (string warning in ServiceWarnings.Of(command, module, RunningPowerShell.FindOtherDocker(), failures))
            WriteWarning(warning);

        return command;
    }

    private StoredPolicies Stored(Host host)
    {
        if (Path is null)
            return StoredPolicies.OfHost(host.Policies, Label);

        string path = GetUnresolvedProviderPathFromPSPath(Path);
        PolicyDocument document = AwaitOrThrow(stop => PolicyFile.ReadAsync(path, stop));
        return StoredPolicies.OfFile(
            document, AwaitOrThrow(stop => FileSource.FindAsync(document, Engines, host, stop)));
    }

    private string ModuleFolder()
    {
        string assembly = System.IO.Path.GetDirectoryName(typeof(RegisterTailSplitServiceCommand).Assembly.Location)!;
        return MyInvocation.MyCommand.Module?.ModuleBase ?? System.IO.Path.GetDirectoryName(assembly)!;
    }
}
