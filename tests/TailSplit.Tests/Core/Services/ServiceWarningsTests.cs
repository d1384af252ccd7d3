using TailSplit.Core.Services;
using TailSplit.Core.Trust;
using Xunit;

namespace TailSplit.Tests.Core.Services;

public sealed class ServiceWarningsTests
{
    private static readonly ModuleLocation s_shared = ModuleLocation.Of($"{PowerShellFolders.AllUsers}/TailSplit/1.2.3");

    [Fact]
    public void A_module_for_all_users_and_a_lasting_program_need_no_warning() => Assert.Empty(
        ServiceWarnings.Of(new ServiceCommand(new UnitProgram("/usr/bin/pwsh"), s_shared.Path), s_shared, null, []));

    [Fact]
    public void Another_docker_is_named_with_the_command_that_has_the_units_ask_it()
    {
        string warning = Assert.Single(ServiceWarnings.Of(
            new ServiceCommand(new UnitProgram("/usr/bin/pwsh"), s_shared.Path), s_shared, "DOCKER_CONTEXT=nas", []));

        Assert.Contains("'Environment=DOCKER_CONTEXT=nas'", warning, StringComparison.Ordinal);
        Assert.EndsWith(
            $"systemctl edit {ServiceLayout.SyncUnit} {ServiceLayout.WatchUnit}", warning, StringComparison.Ordinal);
    }

    [Fact]
    public void A_program_and_a_module_in_a_temporary_folder_are_warned_of_each()
    {
        ModuleLocation module = ModuleLocation.Of("/tmp/modules/TailSplit");

        Assert.Collection(
            ServiceWarnings.Of(new ServiceCommand(new UnitProgram("/var/tmp/pwsh"), module.Path), module, null, []),
            advice => Assert.Equal(module.Advice, advice),
            program => Assert.StartsWith("The units will fail: they need /var/tmp/pwsh, ", program, StringComparison.Ordinal),
            path => Assert.StartsWith($"The units will fail: they need {module.Path}, ", path, StringComparison.Ordinal));
    }
}
