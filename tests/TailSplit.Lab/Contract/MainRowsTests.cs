
namespace TailSplit.Lab.Contract;

/// <summary>The main rows of the matrix, for engines on which not every cell is run.</summary>
public abstract class MainRowsTests(SplitLab split)
{
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

public sealed class TrixieTests(TrixieLab lab) : MainRowsTests(lab), IClassFixture<TrixieLab>;

public sealed class SidTests(SidLab lab) : MainRowsTests(lab), IClassFixture<SidLab>;

public sealed class SidLegacyTests(SidLegacyLab lab) : MainRowsTests(lab), IClassFixture<SidLegacyLab>;
