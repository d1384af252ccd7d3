using TailSplit.Core.Services;
using TailSplit.Core.Trust;
using Xunit;

namespace TailSplit.Tests.Core.Services;

/// <summary>Which path units name, for each way in which PowerShell is installed.</summary>
public sealed class PowerShellInstallationTests
{
    private const string Package = "/opt/microsoft/powershell/7/pwsh";
    private const string Dotnet = "/usr/share/dotnet/dotnet";
    private const string ToolFolder = "/.store/powershell/7.6.9/powershell/7.6.9/tools/net10.0/any/unix";

    // Paths that exist, each with where its links lead in the end.
    private readonly Dictionary<string, string> _files = new()
    {
        [Dotnet] = Dotnet,
        ["/usr/bin/dotnet"] = Dotnet,
        ["/usr/bin/snap"] = "/usr/bin/snap",
    };

    [Theory]
    [InlineData(Package, "/usr/bin/pwsh", "/usr/bin/pwsh")]
    [InlineData("/opt/microsoft/powershell/7-preview/pwsh", "/usr/bin/pwsh-preview", "/usr/bin/pwsh-preview")]
    [InlineData("/opt/microsoft/powershell/7-lts/pwsh", "/usr/bin/pwsh-lts", "/usr/bin/pwsh-lts")]
    [InlineData("/opt/powershell-7.6.9-linux-x64/pwsh", "/usr/local/bin/pwsh", "/usr/local/bin/pwsh")]
    [InlineData("/opt/microsoft/powershell/7.6.9/pwsh", "/home/ann/bin/pwsh", "/home/ann/bin/pwsh")]
    [InlineData("/opt/pwsh/pwsh", "/home/ann/bin/pwsh", "/opt/pwsh/pwsh")]
    [InlineData("/nix/store/abc-powershell-7.6.9/bin/pwsh", "/run/current-system/sw/bin/pwsh", "/run/current-system/sw/bin/pwsh")]
    public void A_package_or_a_tarball_is_named_by_the_path_that_stays(string process, string link, string named)
    {
        _files[process] = process;
        _files[link] = process;

        UnitProgram program = Find(
            new PowerShellProcess(process, process) { SearchPath = ["/home/ann/bin", "/run/current-system/sw/bin"] });

        Assert.Equal(new UnitProgram(named), program);
        Assert.False(program.IsSnap);
    }

    [Theory]
    [InlineData("/snap/powershell/119/opt/powershell/pwsh", "/snap/bin/pwsh")]
    [InlineData("/snap/powershell/x1/opt/powershell/pwsh", "/snap/bin/powershell")]
    [InlineData("/snap/powershell-preview/7/opt/powershell/pwsh", "/snap/bin/powershell-preview.pwsh")]
    [InlineData("/var/lib/snapd/snap/powershell/119/opt/powershell/pwsh", "/var/lib/snapd/snap/bin/pwsh")]
    [InlineData("/snap/powershell/current/opt/powershell/pwsh", "/snap/bin/pwsh")]
    public void A_snap_is_named_by_its_command(string process, string command)
    {
        _files[process] = process;
        _files[command] = "/usr/bin/snap";

        UnitProgram program = Find(new PowerShellProcess(process, process));

        Assert.Equal(new UnitProgram(command), program);
        Assert.True(program.IsSnap);
    }

    [Theory]
    [InlineData("/root/.dotnet/tools")]
    [InlineData("/usr/local/bin")]
    [InlineData("/opt/pwsh-tool")]
    public void A_tool_is_named_by_its_shim(string folder)
    {
        _files[$"{folder}/pwsh"] = $"{folder}/pwsh";

        UnitProgram program = Find(new PowerShellProcess(Dotnet, $"{folder}{ToolFolder}/pwsh.dll"));

        Assert.Equal(new UnitProgram($"{folder}/pwsh"), program);
    }

    [Theory]
    [InlineData("/root/.dotnet/dotnet", "/root/.dotnet/dotnet", "/root/.dotnet", "/root/.dotnet")]
    [InlineData("/usr/lib/dotnet/dotnet", "/usr/bin/dotnet", null, "/usr/lib/dotnet")]
    [InlineData("/usr/lib/dotnet/dotnet", "/opt/bin/dotnet", "/opt/bin", "/usr/lib/dotnet")]
    [InlineData("/snap/dotnet-sdk/234/dotnet", "/snap/dotnet-sdk/current/dotnet", "/snap/dotnet-sdk/current", "/snap/dotnet-sdk/current")]
    [InlineData("/snap/dotnet/9/usr/lib/dotnet/dotnet", "/snap/dotnet/current/usr/lib/dotnet/dotnet", "/snap/dotnet/current/usr/lib/dotnet", "/snap/dotnet/current/usr/lib/dotnet")]
    public void A_tools_unit_finds_the_dotnet_that_it_runs_by(string dotnet, string link, string? folder, string root)
    {
        _files["/root/.dotnet/tools/pwsh"] = "/root/.dotnet/tools/pwsh";
        _files[dotnet] = dotnet;
        _files[link] = dotnet;

        UnitProgram program = Find(new PowerShellProcess(dotnet, $"/root/.dotnet/tools{ToolFolder}/pwsh.dll")
        {
            SearchPath = ["/opt/bin", "/root/.dotnet"],
        });

        Assert.Equal(
            new UnitProgram("/root/.dotnet/tools/pwsh") { DotnetFolder = folder, DotnetRoot = root }, program);
    }

    [Fact]
    public void A_tool_that_is_a_program_of_its_own_needs_no_dotnet()
    {
        _files["/opt/tools/pwsh"] = $"/opt/tools{ToolFolder}/pwsh";

        UnitProgram program = Find(
            new PowerShellProcess($"/opt/tools{ToolFolder}/pwsh", $"/opt/tools{ToolFolder}/pwsh.dll"));

        Assert.Equal(new UnitProgram("/opt/tools/pwsh"), program);
    }

    [Theory]
    [InlineData(Dotnet, "/root/.nuget/packages/powershell/7.6.9/tools/net10.0/any/unix/pwsh.dll", "/usr/bin/dotnet")]
    [InlineData(Dotnet, "/srv/packages/powershell/7.6.9/tools/net10.0/any/unix/pwsh.dll", "/usr/bin/dotnet")]
    [InlineData(Dotnet, "/opt/tools/.store/powershell/7.6.9/powershell/7.6.9/tools/net10.0/any/unix/pwsh.dll", "/usr/bin/dotnet")]
    [InlineData("/opt/powershell-7.6.9/pwsh", "/opt/powershell-7.6.9/pwsh.dll", "/opt/powershell-7.6.9/pwsh")]
    [InlineData("/snap/powershell/119/opt/powershell/pwsh", "/snap/powershell/119/opt/powershell/pwsh.dll", "/snap/powershell/119/opt/powershell/pwsh")]
    public void A_program_without_a_lasting_path_is_a_warning_with_what_to_do(string process, string assembly, string first)
    {
        UnitProgram program = Find(new PowerShellProcess(process, assembly));

        Assert.Equal(first, program.Words[0]);
        Assert.NotNull(program.Impermanence);
        Assert.Contains("which its next update removes", program.Impermanence, StringComparison.Ordinal);
        Assert.Contains("-Executable", program.Impermanence, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/opt/microsoft/powershell/7/pwsh", false)]
    [InlineData("/usr/bin/pwsh", false)]
    [InlineData("/snap/bin/pwsh", false)]
    [InlineData("/snap/powershell/current/opt/powershell/pwsh", false)]
    [InlineData("/usr/local/share/powershell/Modules/TailSplit", false)]
    [InlineData("/root/.dotnet/tools/pwsh", false)]
    [InlineData("/snap/powershell/119/opt/powershell/pwsh", true)]
    [InlineData("/usr/local/share/powershell/Modules/TailSplit/0.1.0/TailSplit.psd1", true)]
    [InlineData("/root/.dotnet/tools/.store/powershell/7.6.9/x/pwsh.dll", true)]
    public void A_path_that_names_a_version_is_known(string path, bool names) =>
        Assert.Equal(names, LastingPath.NamesVersion(path));

    [Theory]
    [InlineData("/tmp/pwsh/pwsh", true)]
    [InlineData("/run/user/0/pwsh", true)]
    [InlineData("/run/current-system/sw/bin/pwsh", false)]
    [InlineData("/tmpfiles/pwsh", false)]
    [InlineData("/var/lib/pwsh/pwsh", false)]
    public void A_path_that_a_start_empties_is_known(string path, bool temporary)
    {
        Assert.Equal(temporary, LastingPath.IsTemporary(path));
        Assert.Equal(
            temporary ? UnitTroubleKind.WillFail : null,
            UnitTrouble.Of("tailsplit.service", path, FileTrust.Trusted)?.Kind);
    }

    [Theory]
    [InlineData("/usr/local/share/powershell/Modules/TailSplit/0.1.0", "/usr/local/share/powershell/Modules/TailSplit", true)]
    [InlineData("/usr/local/share/powershell/Modules/TailSplit", "/usr/local/share/powershell/Modules/TailSplit", true)]
    [InlineData("/usr/local/share/powershell/Modules/TailSplit/1.0.0-beta1", "/usr/local/share/powershell/Modules/TailSplit", true)]
    [InlineData("/root/.local/share/powershell/Modules/TailSplit/0.1.0", "/root/.local/share/powershell/Modules/TailSplit", false)]
    [InlineData("/home/ann/TailSplit", "/home/ann/TailSplit/TailSplit.psd1", false)]
    [InlineData("/home/ann/src/0.1.0", "/home/ann/src/0.1.0/TailSplit.psd1", false)]
    public void The_module_is_named_without_its_version(string folder, string named, bool forAllUsers)
    {
        ModuleLocation module = ModuleLocation.Of(folder);

        Assert.Equal(named, module.Path);
        Assert.Equal(forAllUsers, module.Advice is null);
    }

    private UnitProgram Find(PowerShellProcess process) =>
        new PowerShellInstallation(path => _files.GetValueOrDefault(path)).Find(process);
}
