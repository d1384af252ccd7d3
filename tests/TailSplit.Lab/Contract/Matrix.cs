
namespace TailSplit.Lab.Contract;

// One lab for each layout of Tailscale's own rules and each iptables variant.

public sealed class LabFrom1100() : SplitLab(new());

public sealed class LabFrom1100Legacy() : SplitLab(new() { Docker = new() { Iptables = IptablesVariant.Legacy } });

public sealed class LabFrom196() : SplitLab(new() { Layout = TailscaleLayout.From196 });

public sealed class LabFrom198() : SplitLab(new() { Layout = TailscaleLayout.From198 });

public sealed class LabBefore196() : SplitLab(new() { Layout = TailscaleLayout.Before196 });

public sealed class LabBefore196Legacy() : SplitLab(
    new() { Layout = TailscaleLayout.Before196, Docker = new() { Iptables = IptablesVariant.Legacy } });

public sealed class LabUniFi() : SplitLab(new() { Layout = TailscaleLayout.UniFi });

public sealed class LabPref13xx() : SplitLab(new() { Layout = TailscaleLayout.Pref13xx });

public sealed class LabFrom196Legacy() : SplitLab(
    new() { Layout = TailscaleLayout.From196, Docker = new() { Iptables = IptablesVariant.Legacy } });

public sealed class LabFrom198Legacy() : SplitLab(
    new() { Layout = TailscaleLayout.From198, Docker = new() { Iptables = IptablesVariant.Legacy } });

public sealed class LabUniFiLegacy() : SplitLab(
    new() { Layout = TailscaleLayout.UniFi, Docker = new() { Iptables = IptablesVariant.Legacy } });

public sealed class LabPref13xxLegacy() : SplitLab(
    new() { Layout = TailscaleLayout.Pref13xx, Docker = new() { Iptables = IptablesVariant.Legacy } });

public sealed class Tailscale1100Tests(LabFrom1100 lab) : NfTablesMatrixTests(lab), IClassFixture<LabFrom1100>;

public sealed class Tailscale1100LegacyTests(LabFrom1100Legacy lab)
    : LegacyMatrixTests(lab), IClassFixture<LabFrom1100Legacy>;

public sealed class Tailscale196Tests(LabFrom196 lab) : NfTablesMatrixTests(lab), IClassFixture<LabFrom196>;

public sealed class Tailscale198Tests(LabFrom198 lab) : NfTablesMatrixTests(lab), IClassFixture<LabFrom198>;

public sealed class TailscaleBefore196Tests(LabBefore196 lab) : NfTablesMatrixTests(lab), IClassFixture<LabBefore196>;

public sealed class TailscaleBefore196LegacyTests(LabBefore196Legacy lab)
    : LegacyMatrixTests(lab), IClassFixture<LabBefore196Legacy>;

public sealed class UniFiTests(LabUniFi lab) : NfTablesMatrixTests(lab), IClassFixture<LabUniFi>;

public sealed class Pref13xxTests(LabPref13xx lab) : NfTablesMatrixTests(lab), IClassFixture<LabPref13xx>;

public sealed class Tailscale196LegacyTests(LabFrom196Legacy lab)
    : LegacyMatrixTests(lab), IClassFixture<LabFrom196Legacy>;

public sealed class Tailscale198LegacyTests(LabFrom198Legacy lab)
    : LegacyMatrixTests(lab), IClassFixture<LabFrom198Legacy>;

public sealed class UniFiLegacyTests(LabUniFiLegacy lab) : LegacyMatrixTests(lab), IClassFixture<LabUniFiLegacy>;

public sealed class Pref13xxLegacyTests(LabPref13xxLegacy lab)
    : LegacyMatrixTests(lab), IClassFixture<LabPref13xxLegacy>;
