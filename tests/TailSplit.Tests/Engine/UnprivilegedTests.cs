using TailSplit.Tests.Guidelines;
using Xunit;

namespace TailSplit.Tests.Engine;

/// <summary>
/// Not root: the real runner in a process of its own, with a sudo that refuses in the words of the real one.
/// </summary>
public sealed class UnprivilegedTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("tailsplit-sudo-");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public async Task A_refusal_of_sudo_is_permission_denied_another_failure_is_not_and_a_plan_never_asks()
    {
        string words = Path.Combine(_folder.FullName, "words");
        string asked = Path.Combine(_folder.FullName, "asked");
        WriteSudo($"#!/bin/sh\ntouch {asked}\ncat {words} >&2\nexit 1\n");

        string[] lines = await ChildPowerShell.RunAsNobodyAsync(
            $$"""
            $plan = New-TailSplitKillswitch -Subnet 10.99.0.0/16 -Bridge br-lab -WhatIf | Where-Object State -eq Planned
            "plan: $($plan.Count -gt 10), asked: $([IO.File]::Exists('{{asked}}'))"
            function Test-Refusal([string] $Words, [scriptblock] $Script) {
                [IO.File]::WriteAllText('{{words}}', $Words + "`n")
                try { & $Script } catch { "$($_.FullyQualifiedErrorId) $($_.CategoryInfo.Category) $($_.ErrorDetails.RecommendedAction)" }
            }
            Test-Refusal 'sudo: a password is required' { Get-TailSplitPolicy }
            Test-Refusal 'nobody is not in the sudoers file.' { New-TailSplitKillswitch -Subnet 10.99.0.0/16 -Bridge br-lab }
            Test-Refusal 'Sorry, user nobody is not allowed to execute that as root on box.' { Remove-TailSplitPolicy * }
            Test-Refusal 'iptables-save: cannot fetch rules' { Get-TailSplitPolicy }
            """,
            _folder.FullName);

        string[] said = [.. lines.Where(line => !line.StartsWith("What if:", StringComparison.Ordinal))];
        Assert.Equal("plan: True, asked: False", said[0]);
        Assert.StartsWith(
            "PermissionDenied,TailSplit.Commands.GetTailSplitPolicyCommand PermissionDenied Start PowerShell as root",
            said[1],
            StringComparison.Ordinal);
        Assert.StartsWith(
            "PermissionDenied,TailSplit.Commands.NewTailSplitKillswitchCommand PermissionDenied ",
            said[2],
            StringComparison.Ordinal);
        Assert.StartsWith(
            "PermissionDenied,TailSplit.Commands.RemoveTailSplitPolicyCommand PermissionDenied ",
            said[3],
            StringComparison.Ordinal);
        Assert.StartsWith(
            "ReadFailed,TailSplit.Commands.GetTailSplitPolicyCommand ResourceUnavailable ",
            said[4],
            StringComparison.Ordinal);
    }

    private void WriteSudo(string script)
    {
        const UnixFileMode Everyone =
            UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute |
            UnixFileMode.GroupRead | UnixFileMode.GroupWrite | UnixFileMode.GroupExecute |
            UnixFileMode.OtherRead | UnixFileMode.OtherWrite | UnixFileMode.OtherExecute;
        string path = Path.Combine(_folder.FullName, "sudo");
        File.WriteAllText(path, script);
        if (!OperatingSystem.IsLinux())
            return;

        File.SetUnixFileMode(path, Everyone);
        File.SetUnixFileMode(_folder.FullName, Everyone);
    }
}
