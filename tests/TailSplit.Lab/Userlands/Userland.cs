using System.Runtime.InteropServices;

namespace TailSplit.Lab.Userlands;

/// <summary>
/// The firewall and routing programs of another Debian release, in a root of its own that is made once per machine and
/// reused. PowerShell and TailSplit come from this machine, and find only that release's programs.
/// </summary>
internal sealed record Userland(string Suite)
{
    private const string Machine = "/mnt/machine";

    // $1 is the root, $2 the folder of the script; the rest are folders of this machine, which are bound read-only.
    private const string Enter =
        """
        set -e
        root=$1 script=$2
        shift 2
        mount --bind "$root" "$root"
        for folder in proc sys dev; do mount --rbind "/$folder" "$root/$folder"; done
        for folder in run tmp mnt; do mount -t tmpfs tmpfs "$root/$folder"; done
        for folder in "$@"; do
            mkdir -p "$root/mnt/machine$folder"
            mount --bind "$folder" "$root/mnt/machine$folder"
            mount -o remount,bind,ro "$root/mnt/machine$folder"
        done
        mkdir "$root/tmp/script"
        mount --bind "$script" "$root/tmp/script"
        exec chroot "$root" /bin/sh -e /tmp/script/run
        """;

    private string Name => $"{Suite}-userland";

    /// <exception cref="EngineUnavailableException">The release could not be fetched.</exception>
    public Task Prepare() => ReleaseRoot.Prepare(Name, Suite, "iptables,nftables,iproute2,conntrack");

    /// <summary>
    /// Runs a shell script there, in a network namespace. Its function <c>pwsh NAME</c> runs one of the PowerShell
    /// scripts, with TailSplit imported.
    /// </summary>
    public async Task<string> Run(
        NetworkNamespace host, string script, params (string Name, string Text)[] powerShell)
    {
        string folder = Directory.CreateTempSubdirectory("tailsplit-userland-").FullName;
        try
        {
            // .../dotnet/shared/Microsoft.NETCore.App/10.0.0/
            string dotnet = Path.GetFullPath(Path.Combine(RuntimeEnvironment.GetRuntimeDirectory(), "../../.."));
            foreach ((string name, string text) in powerShell)
            {
                await File.WriteAllTextAsync(Path.Combine(folder, $"{name}.ps1"), text);
            }

            await File.WriteAllTextAsync(
                Path.Combine(folder, "run"),
                $"""
                export PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/tmp DOTNET_ROOT={Machine}{dotnet} LC_ALL=C
                export DOTNET_SYSTEM_GLOBALIZATION_INVARIANT=1 DOTNET_NOLOGO=1 POWERSHELL_TELEMETRY_OPTOUT=1 NO_COLOR=1
                pwsh() (
                    exec {Machine}{dotnet}/dotnet {Machine}{Pwsh.FilePath} -NoProfile -NonInteractive -Command \
                        "Import-Module {Machine}{Pwsh.Manifest}; . /tmp/script/$1.ps1"
                )
                {script}
                """);
            string[] bound = [dotnet, Pwsh.Folder, Pwsh.Project];
            ProgramOutput output = await Programs.TryRun(
                "nsenter",
                [
                    $"--net={host.FilePath}", "unshare", "--mount", "--propagation", "slave", "sh", "-c", Enter, "sh",
                    ReleaseRoot.PathOf(Name), folder, .. bound,
                ],
                limit: TimeSpan.FromMinutes(4));
            return output.OrThrow().Output;
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}
