using TailSplit.Core.Services;
using Xunit;

namespace TailSplit.Tests.Core.Services;

/// <summary>What units say that they start, and what they say of the host.</summary>
public sealed class UnitStartTests
{
    [Theory]
    [InlineData("/usr/bin/pwsh", "/usr/local/share/powershell/Modules/TailSplit")]
    [InlineData("/opt/a b/pwsh", "/opt/Ann's modules/100% $TailSplit\\x/TailSplit.psd1")]
    [InlineData("/opt/pwsh", "/opt/\u2018quoted\u2019 \"twice\"/TailSplit.psd1")]
    public void What_a_unit_starts_is_read_back_as_it_was_written(string program, string module)
    {
        ServiceCommand command = new(new UnitProgram(program), module);

        Assert.All(
            (string[])[ServiceUnits.Sync(command, byLabel: true), ServiceUnits.Watch(command, byLabel: false)],
            unit =>
            {
                UnitStart start = UnitStart.Of(unit)!;
                Assert.Equal([program], start.Program);
                Assert.Equal(module, start.Module);
                Assert.Equal(UnitPath.Folders, start.SearchPath);
            });
    }

    [Fact]
    public void A_program_that_dotnet_runs_is_read_with_the_path_of_the_unit()
    {
        ServiceCommand command = new(
            new UnitProgram("/usr/bin/dotnet", "/srv/x/pwsh.dll") { DotnetFolder = "/opt/dotnet", DotnetRoot = "/opt/net" }, "/m");

        string unit = ServiceUnits.Sync(command, byLabel: false);
        UnitStart start = UnitStart.Of(unit)!;

        Assert.Equal(["/usr/bin/dotnet", "/srv/x/pwsh.dll"], start.Program);
        Assert.Equal("/opt/dotnet", start.SearchPath[0]);
        Assert.Contains("Environment=DOTNET_ROOT=/opt/net\n", unit, StringComparison.Ordinal);
    }

    /// <summary>Podman without CAP_SYS_ADMIN takes itself for rootless; the rest of the sandbox stays.</summary>
    [Fact]
    public void Units_that_ask_podman_have_what_it_needs_besides()
    {
        ServiceCommand command = new(new UnitProgram("/usr/bin/pwsh"), "/m");
        string[] plain = [ServiceUnits.Sync(command, byLabel: false), ServiceUnits.Watch(command, byLabel: false)];
        ServiceCommand podman = command with { UsesPodman = true };
        string[] asking = [ServiceUnits.Sync(podman, byLabel: false), ServiceUnits.Watch(podman, byLabel: false)];

        Assert.All(plain.Zip(asking), pair => Assert.Equal(
            ["CapabilityBoundingSet=CAP_SYS_ADMIN", "ReadWritePaths=-/etc/containers/networks"],
            pair.Second.Split('\n').Except(pair.First.Split('\n'))));
    }

    [Fact]
    public void The_early_unit_needs_its_script() =>
        Assert.Equal(["/bin/sh", "/etc/tailsplit/early.sh"], UnitStart.Of(ServiceUnits.Early())!.Paths);

    [Theory]
    [InlineData("")]
    [InlineData("[Unit]\nDescription=x\n")]
    public void A_unit_that_starts_nothing_needs_nothing(string unit) => Assert.Null(UnitStart.Of(unit));

    [Fact]
    public void Units_come_after_docker_and_tailscale_from_packages_and_from_snaps()
    {
        ServiceCommand command = new(new UnitProgram("/usr/bin/pwsh"), "/m");

        Assert.All(
            (string[])[ServiceUnits.Sync(command, byLabel: false), ServiceUnits.Watch(command, byLabel: false)],
            unit => Assert.All(
                (string[])
                [
                    "docker.service", "snap.docker.dockerd.service", "tailscaled.service",
                    "snap.tailscale.tailscaled.service",
                ],
                other => Assert.Contains(other, Words(unit, "After="))));
        Assert.All(
            (string[])["docker.service", "snap.docker.dockerd.service"],
            other => Assert.Contains(other, Words(ServiceUnits.Early(), "Before=")));
        Assert.All(
            ServiceLayout.Links(ServiceLayout.EarlyUnit),
            link => Assert.Contains(
                Path.GetFileName(Path.GetDirectoryName(link)!).Replace(".wants", "", StringComparison.Ordinal),
                Words(ServiceUnits.Early(), "WantedBy=")));
    }

    [Fact]
    public void Commands_of_snaps_are_on_the_units_path() => Assert.EndsWith(
        ":/snap/bin:/var/lib/snapd/snap/bin",
        new ServiceCommand(new UnitProgram("/usr/bin/pwsh"), "/m").Environment.Single(each => each.Key == "PATH").Value,
        StringComparison.Ordinal);

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_unit_that_runs_a_snaps_command_has_no_sandbox_that_stops_snap_confine(bool usesSnaps)
    {
        ServiceCommand command = new(new UnitProgram("/usr/bin/pwsh"), "/m", usesSnaps);

        Assert.All(
            (string[])[ServiceUnits.Sync(command, byLabel: false), ServiceUnits.Watch(command, byLabel: false)],
            unit => Assert.All(
                (string[])["CapabilityBoundingSet=", "NoNewPrivileges=", "RestrictNamespaces=", "PrivateTmp="],
                fence => Assert.Equal(!usesSnaps, unit.Contains(fence, StringComparison.Ordinal))));
    }

    [Fact]
    public void No_unit_says_where_docker_is()
    {
        ServiceCommand command = new(new UnitProgram("/usr/bin/pwsh"), "/m");

        Assert.DoesNotContain(command.Environment, each => each.Key.StartsWith("DOCKER", StringComparison.Ordinal));
    }

    private static HashSet<string> Words(string unit, string setting) =>
        [.. unit.Split('\n').Where(line => line.StartsWith(setting, StringComparison.Ordinal))
            .SelectMany(line => line[setting.Length..].Split(' '))];
}
