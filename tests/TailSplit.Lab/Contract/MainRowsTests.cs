using TailSplit.Lab.Options;

namespace TailSplit.Lab.Contract;

/// <summary>The main rows of the matrix, for hosts on which not every cell is run.</summary>
public abstract class MainRowsTests(SplitLab split)
{
    protected SplitLab Split => split;

    [Theory]
    [InlineData(true, "Mark")]
    [InlineData(true, "Route")]
    [InlineData(false, "Mark")]
    [InlineData(false, "Route")]
    public Task The_contract_holds(bool lanAccess, string mechanism) =>
        ContractCell.Check(split, rpFilter: 2, lanAccess, mechanism);
}

public sealed class TrixieLab() : SplitLab(new() { Docker = new() { Engine = Engine.Trixie } });

public sealed class SidLab() : SplitLab(new() { Docker = new() { Engine = Engine.Sid, Dns = NameServers.OfItsOwn } });

public sealed class SidLegacyLab() : SplitLab(
    new() { Docker = new() { Engine = Engine.Sid, Iptables = IptablesVariant.Legacy, Dns = NameServers.OfItsOwn } });

/// <summary>Policies in TailSplit's own table, beside Docker and Tailscale in iptables.</summary>
public sealed class OwnTableLab() : SplitLab(new() { Backend = FirewallBackend.Nftables });

/// <summary>The same on the release of Tailscale that clears marks set before its CONNMARK restore.</summary>
public sealed class OwnTableLegacyLab() : SplitLab(
    new()
    {
        Backend = FirewallBackend.Nftables,
        Layout = TailscaleLayout.From196,
        Docker = new() { Iptables = IptablesVariant.Legacy },
    });

/// <summary>Tailscale's native rules in <c>ip filter</c> and <c>ip nat</c>, where iptables-save fails.</summary>
public sealed class OwnTableNativeTailscaleLab() : SplitLab(
    new() { Backend = FirewallBackend.Nftables, Layout = TailscaleLayout.NfTables });

public sealed class TrixieTests(TrixieLab lab) : MainRowsTests(lab), IClassFixture<TrixieLab>;

public sealed class SidTests(SidLab lab) : MainRowsTests(lab), IClassFixture<SidLab>;

public sealed class SidLegacyTests(SidLegacyLab lab) : MainRowsTests(lab), IClassFixture<SidLegacyLab>;

public sealed class OwnTableTests(OwnTableLab lab) : MainRowsTests(lab), IClassFixture<OwnTableLab>
{
    /// <summary>As dockerd sets it where it had to switch forwarding on.</summary>
    [Fact]
    public async Task The_contract_holds_where_forward_drops_by_default()
    {
        await Layers.Both(Split.Lab, "-P FORWARD DROP");
        try
        {
            await ContractCell.Check(Split, rpFilter: 2, lanAccess: true, "Mark");
        }
        finally
        {
            await Layers.Both(Split.Lab, "-P FORWARD ACCEPT");
        }
    }
}

public sealed class OwnTableLegacyTests(OwnTableLegacyLab lab) : MainRowsTests(lab), IClassFixture<OwnTableLegacyLab>;

public sealed class OwnTableNativeTailscaleTests(OwnTableNativeTailscaleLab lab)
    : MainRowsTests(lab), IClassFixture<OwnTableNativeTailscaleLab>;
