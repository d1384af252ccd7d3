using TailSplit.Lab.Contract;

namespace TailSplit.Lab.Options;

/// <summary>The contract's three networks with legacy iptables, and a second container in the killswitched one.</summary>
public sealed class LegacyOptionsLab() : SplitLab(new() { Docker = new() { Iptables = IptablesVariant.Legacy } })
{
    public Container Seeder { get; private set; } = null!;

    protected override async Task Prepare(Lab lab)
    {
        await base.Prepare(lab);
        Seeder = await lab.RunContainer("seeder", new() { Networks = ["torrents"] });
    }
}
