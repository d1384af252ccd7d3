using System.Management.Automation;
using TailSplit.Core.Compilation;
using TailSplit.Core.Containers;
using TailSplit.Core.Errors;
using TailSplit.Core.Hosts;
using TailSplit.Core.Mapping;
using TailSplit.Core.Planning;
using TailSplit.Execution.Files;
using TailSplit.Execution.Hosts;
using TailSplit.Output;

namespace TailSplit.Commands;

/// <summary>Show-TailSplitMap: draws the host's networks and containers, and how each leaves the host.</summary>
[Cmdlet(VerbsCommon.Show, "TailSplitMap", SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.Low)]
[OutputType(typeof(TailSplitMap), typeof(string))]
public sealed class ShowTailSplitMapCommand : TailSplitCommand
{
    /// <summary>A file to write the map to, instead of showing it. An existing file is replaced.</summary>
    [Parameter(Position = 0)]
    [ValidateNotNullOrEmpty]
    public string? Path { get; set; }

    /// <summary>The format; by default the one of the file's extension (.svg, .mmd, .md), otherwise text.</summary>
    [Parameter]
    public MapFormat? As { get; set; }

    /// <summary>Does not replace an existing file, which is an error.</summary>
    [Parameter]
    public SwitchParameter NoClobber { get; set; }

    protected override void EndProcessing()
    {
        if (Path is null)
        {
            HostMap shown = Read();
            if (As is null or MapFormat.Text)
                WriteObject(new TailSplitMap(shown));
            else
                WriteObject(MapFormats.Draw(shown, As.Value));

            return;
        }

        string file = Resolve(Path);
        if (!ShouldProcess(file, "Write map"))
            return;

        string content = MapFormats.Draw(Read(), As ?? MapFormats.Of(file), file);
        AwaitOrThrow(stop => MapFile.WriteAsync(file, content, overwrite: !NoClobber, stop));
    }

    private HostMap Read()
    {
        Host host = ReadHost(HostScope.Rules);
        HostNetworks networks = Networks();
        PolicyAssessment assessment = host.Assessment;
        return MapMaker.Make(new MapInput
        {
            Networks = networks.IsUnknown ? null : networks.Networks,
            Engines = networks.Engines,
            IsPartial = !networks.Unseen.IsEmpty,
            Policies = [.. host.Policies.Select(policy => Mapped(policy, assessment, networks, host.Live))],
            Tunnel = host.Tunnel.Name,
            TunnelRoutes = host.Routing.TunnelRoutes,
            MainRoutes = host.Routing.MainRoutes,
        });
    }

    private static MappedPolicy Mapped(
        LivePolicy policy, PolicyAssessment assessment, HostNetworks networks, LiveRules live)
    {
        bool isWhole = assessment.Missing(policy).IsEmpty
            && (policy.Policy.Target.Network is null
                || !networks.Tells(policy.Policy.Target)
                || !NetworkAssessment.Missing(policy.Policy.Target, networks.Networks).Any());
        PolicyTraffic traffic = PolicyTraffic.Of(policy.Policy, live);
        return new MappedPolicy(policy.Policy, isWhole, traffic.Passed, traffic.Blocked);
    }

    // The rules can be read without Docker. The map then says that it shows only policies.
    private HostNetworks Networks()
    {
        HostNetworks networks = Await(Engines.ReadAsync);
        foreach (UnseenEngine unseen in networks.Unseen)
        {
            WriteWarning(networks.IsUnknown
                ? $"The map shows only networks with a policy: {unseen.Failure.Message}"
                : $"The map shows only those networks of {unseen.Engine} that have a policy: {unseen.Failure.Message}");
        }

        return networks;
    }

    private string Resolve(string path)
    {
        string file = SessionState.Path.GetUnresolvedProviderPathFromPSPath(path, out ProviderInfo provider, out _);
        if (provider.Name != "FileSystem")
            ThrowTerminatingError(
                Failures.MapNotWritten(path, $"The provider '{provider.Name}' has no files.").ToErrorRecord());

        return file;
    }
}
