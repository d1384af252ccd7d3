using TailSplit.Core.Diagnosis;
using TailSplit.Core.Hosts;
using TailSplit.Core.Services;
using TailSplit.Core.Trust;
using TailSplit.Tests.Fakes;
using Xunit;

namespace TailSplit.Tests.Core.Diagnosis.Checks;

public sealed class RebootCheckTests
{
    private const string Module = "/usr/local/share/powershell/Modules/TailSplit";
    private const string Link = "/etc/systemd/system/multi-user.target.wants/tailsplit.service";

    [Fact]
    public void A_policy_that_no_file_keeps_is_lost_at_the_next_start()
    {
        Host host = Snapshots.Healthy();

        Assert.Equal(["Reboot Warn media"], (host with { Boot = host.Boot with { Kept = ["torrents"] } }).Troubles());
        Assert.Equal(["Reboot Warn media", "Reboot Warn torrents"], (host with { Boot = host.Boot with { HasService = false } }).Troubles());
    }

    [Theory]
    [InlineData("""{"version":1,"policies":[{"name":"media","kind":"bypass","network":"media","hue":1}]}""", "hue")]
    [InlineData("""{"version":2,"policies":[]}""", "version")]
    [InlineData("{", "line 1")]
    public void A_policy_whose_file_the_unit_will_refuse_is_lost_too(string file, string reason)
    {
        Host host = Snapshots.Healthy(host => host.Files["/etc/tailsplit/policy.json"] = file);

        Assert.Equal(["Reboot Warn media", "Reboot Warn torrents"], host.Troubles());
        Assert.Contains(reason, host.Result("Reboot", "media").Detail, StringComparison.Ordinal);
    }

    [Fact]
    public void Which_policies_come_back_is_not_guessed_where_only_root_may_see_the_file()
    {
        Host host = Snapshots.Healthy(host => host.Files.Protected.Add("/etc/tailsplit/policy.json"));

        Assert.Empty(host.Troubles());
        Assert.Equal(CheckStatus.Skipped, host.Result("Reboot").Status);
    }

    [Fact]
    public void A_unit_whose_program_is_gone_will_not_put_a_policy_back()
    {
        Host host = Registered("/opt/pwsh/pwsh", host => host.Files.Remove("/opt/pwsh/pwsh"));

        Assert.Equal(["Reboot Fail media", "Reboot Fail torrents"], host.Troubles());
        Assert.Equal(
            "tailsplit.service will fail: it needs /opt/pwsh/pwsh, but /opt/pwsh/pwsh does not exist.",
            host.Result("Reboot", "media").Detail);
        Assert.Equal("Register-TailSplitService", host.Result("Reboot", "media").Remedy);
    }

    [Fact]
    public void Nor_will_one_whose_module_is_gone()
    {
        Host host = Registered("/opt/pwsh/pwsh", host => host.Files.Remove($"{Module}/1.0/TailSplit.psd1"));

        Assert.Contains(Module, host.Result("Reboot", "media").Detail, StringComparison.Ordinal);
        Assert.Equal(CheckStatus.Fail, host.Result("Reboot", "media").Status);
    }

    [Fact]
    public void What_others_can_write_must_not_run_as_root()
    {
        Host host = Registered("/home/ann/pwsh", host => host.Files.Trust["/home/ann/pwsh"] =
            FileTrust.Untrusted("/home/ann belongs to user 1000, who is not root"));

        CheckResult result = host.Result("Reboot", "media");
        Assert.Equal(CheckStatus.Fail, result.Status);
        Assert.Contains("/home/ann belongs to user 1000", result.Detail, StringComparison.Ordinal);
        Assert.Null(result.Remedy);
    }

    [Fact]
    public void A_path_that_an_update_removes_is_a_warning() => Assert.Equal(
        ["Reboot Warn media", "Reboot Warn torrents"],
        Registered("/snap/powershell/119/opt/powershell/pwsh").Troubles());

    [Fact]
    public void A_unit_that_is_not_enabled_is_a_warning() => Assert.Equal(
        ["Reboot Warn media", "Reboot Warn torrents"],
        Registered("/opt/pwsh/pwsh", host => host.Files.Remove(Link)).Troubles());

    [Theory]
    [InlineData("/usr/bin/dotnet", null)]
    [InlineData("/home/ann/.dotnet/dotnet", "the unit's PATH has no dotnet")]
    public void A_tools_unit_needs_dotnet_on_its_path(string dotnet, string? trouble)
    {
        Host host = Registered("/root/.dotnet/tools/pwsh", host =>
        {
            host.Files["/root/.dotnet/tools/.store/powershell/7.6.9/pwsh.dll"] = "";
            host.Files[dotnet] = "";
        });

        Assert.Equal(trouble is null ? CheckStatus.Pass : CheckStatus.Fail, host.Result("Reboot", "media").Status);
        Assert.Contains(trouble ?? "is restored", host.Result("Reboot", "media").Detail, StringComparison.Ordinal);
    }

    [Fact]
    public void What_only_root_can_see_is_not_called_gone()
    {
        Host host = Registered(
            "/root/pwsh", host => host.Files.Trust["/root/pwsh"] = FileTrust.Unseen("/root/pwsh"));

        Assert.Empty(host.Troubles());
        Assert.Equal(CheckStatus.Skipped, host.Result("Reboot").Status);
    }

    [Fact]
    public void A_service_that_will_start_passes() => Assert.Empty(Registered("/opt/pwsh/pwsh").Troubles());

    private static Host Registered(string program, Action<FakeHost>? change = null) => Snapshots.Healthy(host =>
    {
        host.Files["/etc/systemd/system/tailsplit.service"] = ServiceUnits.Sync(
            new ServiceCommand(new UnitProgram(program), Module), byLabel: false);
        host.Files[program] = "";
        host.Files[$"{Module}/1.0/TailSplit.psd1"] = "";
        host.Files[Link] = "";
        change?.Invoke(host);
    });
}
