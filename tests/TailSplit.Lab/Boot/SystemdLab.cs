
namespace TailSplit.Lab.Boot;

/// <summary>
/// The host of a <see cref="BootLab"/>, booted by a real systemd: once without the service, which is then registered at
/// the prompt of the machine, and once with it.
/// </summary>
public sealed class SystemdLab() : BootLab(new())
{
    /// <summary>What loads the machine's own firewall, and flushes all there is before.</summary>
    public const string Firewall = "nftables.service";

    /// <summary>What comes before every network.</summary>
    public const string NetworkTarget = "network-pre.target";

    /// <summary>Registers the service with a module that is root's, whatever the owner of the sources.</summary>
    public const string RegisterCommand =
        $"Register-TailSplitService -ModulePath '{SystemdMachine.Module}/TailSplit.psd1'";

    private SystemdMachine? _machine;

    /// <summary>What left in clear in a boot without the service.</summary>
    public LeakCount Without { get; private set; } = null!;

    /// <summary>The same of a boot with the service.</summary>
    public LeakCount With { get; private set; } = null!;

    /// <summary>What had become of each unit by the end of that boot.</summary>
    internal IReadOnlyDictionary<string, UnitState> Units { get; private set; } = new Dictionary<string, UnitState>();

    /// <summary>The journal of the boot with the service.</summary>
    public string Journal { get; private set; } = "";

    internal SystemdMachine Machine => _machine ?? throw new InvalidOperationException("The machine is off.");

    /// <summary>Runs a script at the machine's own prompt; errors and warnings fail the test.</summary>
    public async Task<string> AtPrompt(string script)
    {
        ProgramOutput output =
            await Machine.TryRun(Pwsh.Command(script, SystemdMachine.PowerShell, SystemdMachine.Project));
        return output.Succeeded && output.Error.Length == 0
            ? output.Output
            : throw new InvalidOperationException(
                $"'{script}': {output.Error}{output.Output}\n{await Machine.Journal()}");
    }

    /// <summary>The files of systemd below the machine's /etc that have to do with the service.</summary>
    public IReadOnlyList<string> UnitFiles =>
        [.. Directory.GetFiles($"{Root}/etc/systemd", "*tailsplit*", SearchOption.AllDirectories).Order()];

    public override async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        try
        {
            await SwitchOff();
        }
        finally
        {
            await base.DisposeAsync();
        }
    }

    protected override async Task Prepare(Lab lab)
    {
        if ((SystemdMachine.Missing ?? SystemdUnits.Missing) is { } reason)
        {
            throw new LabUnavailableException(reason);
        }

        try
        {
            await base.Prepare(lab);
            With = await lab.Leaks.During(Boot);
            Journal = await Machine.Journal();
            Units = await Machine.Show(
                Firewall, EarlyUnit, NetworkTarget, Docker, Tailscaled, SyncUnit, WatchUnit);
        }
        catch
        {
            await SwitchOff();
            throw;
        }
    }

    /// <summary>Where a person would: on the machine, once it has booted without it.</summary>
    protected override async Task Register()
    {
        await SystemdUnits.Write(Lab, $"{Root}/etc");
        Directory.CreateDirectory($"{Lab.Folder}/module");
        await Programs.Run("cp", ["--recursive", Pwsh.Manifest, $"{Pwsh.Project}/bin", $"{Lab.Folder}/module"]);
        Without = await Lab.Leaks.During(Boot);
        await AtPrompt($"New-TailSplitKillswitch torrents | Out-Null; {RegisterCommand} -Watch | Out-Null");
        await SwitchOff();
    }

    private async Task Boot()
    {
        await PowerOff();
        await Wait.Until(() => !Lab.Host.HasInterface(Tunnel.Interface), $"the end of {Tunnel.Interface}");
        await Lab.Leaks.Reset();
        foreach (string answer in Directory.GetFiles(Lab.Tools.Folder, "tailscale-*.json"))
        {
            File.Delete(answer);
        }

        _machine = await SystemdMachine.Start(Lab);
        await Sent();
    }

    private async Task SwitchOff()
    {
        if (_machine is { } running)
        {
            _machine = null;
            await running.DisposeAsync();
        }
    }
}
