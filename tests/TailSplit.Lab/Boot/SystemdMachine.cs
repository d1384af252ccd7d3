using System.Globalization;

namespace TailSplit.Lab.Boot;

/// <summary>
/// A real systemd as process 1 of a machine of its own, over the lab's host: namespaces of its own for processes,
/// mounts, names and cgroups, the network namespace of the host. It sees this machine's programs read-only, and an /etc
/// and units of its own; its /run, /var, /tmp and /dev begin empty. To dispose of it is a power cut: with process 1 the
/// kernel ends all that runs in there, and with the last of it the mounts go.
/// </summary>
internal sealed class SystemdMachine : IAsyncDisposable
{
    /// <summary>Where the machine has the folder of this project's sources and programs.</summary>
    public const string Project = "/var/lib/tailsplit-lab";

    /// <summary>Where the machine has the module as it is installed: a copy in the lab's folder, which is root's.</summary>
    public const string Module = "/var/lib/tailsplit-module";

    /// <summary>Where the machine has PowerShell.</summary>
    public const string PowerShell = "/var/lib/powershell";

    private const string Program = "/lib/systemd/systemd";

    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(90);

    // $1 is the cgroup, the rest the command that runs in it. A cpuset of v1 begins with no processor at all.
    private const string Join =
        """
        set -e
        cgroup=$1
        shift
        hierarchies=/sys/fs/cgroup
        [ -e $hierarchies/cgroup.procs ] || hierarchies=$(echo /sys/fs/cgroup/*)
        for hierarchy in $hierarchies; do
            [ -e "$hierarchy/cgroup.procs" ] || continue
            mkdir -p "$hierarchy/$cgroup"
            for folder in "$hierarchy/${cgroup%/*}" "$hierarchy/$cgroup"; do
                for file in cpuset.cpus cpuset.mems; do
                    [ -e "$folder/cgroup.clone_children" ] && [ -e "$folder/$file" ] || continue
                    [ -n "$(cat "$folder/$file")" ] || cat "$folder/../$file" > "$folder/$file"
                done
            done
            echo $$ > "$hierarchy/$cgroup/cgroup.procs"
        done
        exec "$@"
        """;

    // $1 is the lab's folder, $2 the project's, $3 that of pwsh. What this machine keeps is read-only: its files, and the kernel's
    // settings but those of the network namespace. Nobody in there may touch the clock, modules or audit.
    private const string Boot =
        """
        set -e
        lab=$1 project=$2 pwsh=$3 machine=$1/machine
        read -r id rest < /proc/self/stat
        mount --make-rprivate /
        mkdir -p "$machine"
        mount --rbind / "$machine"
        for mount in $(cut -d ' ' -f 2 /proc/self/mounts); do
            case ${mount#"$machine"}/ in
            /proc/* | /sys/* | /dev/* | /run/* | /tmp/* | /var/*)
                [ "$mount" = "${mount#"$machine"}" ] || umount --lazy "$mount" 2>/dev/null || : ;;
            esac
        done
        mount -o remount,bind,ro "$machine"
        for folder in dev run tmp var; do mount -t tmpfs -o mode=755 tmpfs "$machine/$folder"; done
        mount -t proc proc "$machine/proc"
        mount --bind "$machine/proc/sys" "$machine/proc/sys"
        mount --bind "$machine/proc/sys/net" "$machine/proc/sys/net"
        mount -o remount,bind,ro "$machine/proc/sys"
        mount -t sysfs sysfs "$machine/sys"
        cgroups=$machine/sys/fs/cgroup
        if [ -e /sys/fs/cgroup/cgroup.procs ]; then
            mount -t cgroup2 cgroup2 "$cgroups"
        else
            mount -t tmpfs -o mode=755 tmpfs "$cgroups"
            while IFS=: read -r number controllers path; do
                case $controllers in
                '') folder=unified type=cgroup2 options=rw ;;
                name=*) folder=${controllers#name=} type=cgroup options=none,$controllers ;;
                *) folder=$controllers type=cgroup options=$controllers ;;
                esac
                [ -e "/sys/fs/cgroup/$folder/cgroup.procs" ] || continue
                mkdir "$cgroups/$folder"
                mount -t "$type" -o "$options" cgroup "$cgroups/$folder"
                for one in $(echo "$folder" | tr , ' '); do
                    [ -e "$cgroups/$one" ] || ln -s "$folder" "$cgroups/$one"
                done
            done < /proc/self/cgroup
        fi
        mount -o remount,bind,ro "$machine/sys"
        mkdir "$machine/dev/net" "$machine/dev/pts" "$machine/dev/shm"
        for device in null zero full random urandom tty net/tun; do
            touch "$machine/dev/$device"
            mount --bind "/dev/$device" "$machine/dev/$device"
        done
        mount -t devpts -o newinstance,ptmxmode=0666,mode=620 devpts "$machine/dev/pts"
        ln -s pts/ptmx "$machine/dev/ptmx"
        ln -s /proc/self/fd "$machine/dev/fd"
        chmod 1777 "$machine/tmp"
        for folder in log tmp cache lib lib/tailsplit-lab lib/tailsplit-module lib/powershell; do mkdir "$machine/var/$folder"; done
        mkdir -p "$machine$lab"
        ln -s /run "$machine/var/run"
        mount --bind "$lab/root/etc" "$machine/etc"
        mount --bind "$lab/tools" "$machine/usr/local/sbin"
        mount --bind "$project" "$machine/var/lib/tailsplit-lab"
        mount --bind "$pwsh" "$machine/var/lib/powershell"
        mkdir -p "$lab/module"
        mount --bind "$lab/module" "$machine/var/lib/tailsplit-module"
        mount --bind "$lab" "$machine$lab"
        cd "$machine"
        pivot_root . mnt
        umount --lazy mnt
        echo "$id" > "$lab/machine.new"
        mv "$lab/machine.new" "$lab/machine.pid"
        exec setpriv --bounding-set=-sys_time,-sys_boot,-sys_module,-syslog,-audit_control,-audit_read \
            chroot . env --ignore-environment container=tailsplit-lab PATH="$PATH" \
            SYSTEMD_UNIT_PATH="/etc/systemd/system:/run/systemd/system:$lab/units" \
            SYSTEMD_GENERATOR_PATH="$lab/none" SYSTEMD_ENVIRONMENT_GENERATOR_PATH="$lab/none" \
            /lib/systemd/systemd --unit=multi-user.target --show-status=no
        """;

    private readonly string _cgroup;
    private readonly BackgroundProgram _program;
    private int _first;

    private SystemdMachine(string cgroup, BackgroundProgram program) => (_cgroup, _program) = (cgroup, program);

    /// <summary>Why systemd can't be started here, or null.</summary>
    public static string? Missing => File.Exists(Program) ? null : $"{Program} is not there (apt-get install systemd)";

    /// <summary>Boots until all that was to be started is, or has failed.</summary>
    /// <param name="lab">Its folder has the machine's /etc in root/etc, and in units those that are not in there.</param>
    /// <exception cref="LabUnavailableException">systemd could not be started at all.</exception>
    public static async Task<SystemdMachine> Start(Lab lab)
    {
        string started = $"{lab.Folder}/machine.pid";
        File.Delete(started);
        string cgroup = $"{lab.Name}/machine";
        SystemdMachine machine = new(cgroup, BackgroundProgram.Start(
            "nsenter",
            [
                $"--net={lab.Host.FilePath}", "sh", "-c", Join, "sh", cgroup,
                "unshare", "--mount", "--pid", "--fork", "--kill-child", "--uts", "--ipc", "--cgroup",
                "sh", "-c", Boot, "sh", lab.Folder, Pwsh.Project, Pwsh.Folder,
            ]));
        try
        {
            await Wait.Until(
                () => File.Exists(started) || !machine._program.IsRunning, "the machine's mounts", s_patience);
            machine._first = machine._program.IsRunning
                ? int.Parse(await File.ReadAllTextAsync(started), CultureInfo.InvariantCulture)
                : throw new LabUnavailableException($"systemd could not be started: {machine._program.Log}");
            await Wait.Until(machine.HasBooted, "systemd to have booted", s_patience);
            return machine;
        }
        catch
        {
            await machine.DisposeAsync();
            throw;
        }
    }

    /// <summary>Runs a program as root on the machine.</summary>
    public Task<ProgramOutput> TryRun(params string[] command) => Programs.TryRun(
        "nsenter",
        [$"--target={_first}", "--mount", "--uts", "--ipc", "--net", "--pid", "--cgroup", .. command],
        environment: new Dictionary<string, string?>
        {
            ["PATH"] = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
            ["HOME"] = "/root",
            ["SYSTEMD_PAGER"] = "cat",
        },
        limit: s_patience);

    /// <summary>The same; a failure tells what the journal has.</summary>
    public async Task<string> Run(params string[] command)
    {
        ProgramOutput output = await TryRun(command);
        return output.Succeeded
            ? output.Output
            : throw new InvalidOperationException(
                $"{output.CommandLine}: {output.Error}{output.Output}{await Journal()}");
    }

    /// <summary>A unit as systemd has it now.</summary>
    public async Task<UnitState> Show(string unit) => (await Show([unit]))[unit];

    /// <summary>Units as systemd has them now, by their names.</summary>
    public async Task<IReadOnlyDictionary<string, UnitState>> Show(params string[] units) =>
        (await Run(["systemctl", "show", .. units]))
            .Split("\n\n", StringSplitOptions.RemoveEmptyEntries)
            .Select(UnitState.Parse)
            .ToDictionary(unit => unit.Name);

    public async Task<string> Journal() =>
        (await TryRun("journalctl", "--boot", "--no-pager", "--output=short-monotonic")).Output;

    public async ValueTask DisposeAsync()
    {
        // unshare(1) ends with process 1, and that one after all others.
        if (_first != 0 && _program.IsRunning)
        {
            LibC.Signal(_first, Signal.Kill);
            await Wait.Until(() => !_program.IsRunning, "the end of the machine", s_patience);
        }

        await _program.DisposeAsync();
        await Cgroups.Remove(_cgroup);
    }

    // While it starts, systemctl has nobody to ask.
    private async Task<bool> HasBooted() =>
        !_program.IsRunning
            ? throw new LabUnavailableException($"systemd ended at once: {_program.Log}")
            : (await TryRun("systemctl", "is-system-running")).Output.Trim() is "running" or "degraded";
}
