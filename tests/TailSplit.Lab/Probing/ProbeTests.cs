namespace TailSplit.Lab.Probing;

public sealed class ProbeTests(ProbingLab split) : IClassFixture<ProbingLab>
{
    [Fact]
    public async Task Try()
    {
        Lab lab = split.Lab;
        await split.Run("Get-DockerNetwork media | New-TailSplitBypass | Out-Null; Get-DockerNetwork torrents, empty | New-TailSplitKillswitch | Out-Null");
        foreach (bool exit in (bool[])[true, false])
        {
            await lab.Tailscale.Set(new(ExitNode: exit));
            ShellResult r = await lab.Shell.Run($"$t = [datetime]::Now; Test-TailSplitPolicy -Probe -ProbeTarget {ProbingLab.Targets.Replace(", ", ",")} | ForEach-Object {{ \"$($_.Status) $($_.Policy) $($_.Detail) | $($_.Remedy)\" }}; ([datetime]::Now - $t).TotalSeconds");
            TestContext.Current.SendDiagnosticMessage(r.ToString());
            Console.WriteLine(r);
        }
    }
}
