using System.Net.Sockets;
using TailSplit.Lab.Contract;
using TailSplit.Lab.Truth;

namespace TailSplit.Lab.Options;

[Collection(typeof(SharedOptionsLab))]
public sealed class NfTablesMssClampTests(OptionsLab split) : IptablesMssClampTests(split);

public sealed class LegacyMssClampTests(LegacyOptionsLab split)
    : IptablesMssClampTests(split), IClassFixture<LegacyOptionsLab>;

/// <summary>The same by the target TCPMSS, which a kernel or an iptables may not have.</summary>
public abstract class IptablesMssClampTests(SplitLab split) : MssClampTests(split)
{
    [Theory, ClassData(typeof(Families))]
    public async Task The_network_is_closed_even_if_the_kernel_lacks_the_clamp(AddressFamily family)
    {
        await Lab.Tailscale.Set(new());
        await Split.Remove();
        string libraries = Directory.CreateDirectory(Path.Combine(Lab.Folder, $"xtables-{family}")).FullName;
        string own = Directory.GetDirectories("/usr/lib")
            .Select(folder => Path.Combine(folder, "xtables", "libxt_TCPMSS.so"))
            .First(File.Exists);
        foreach (string library in Directory.GetFiles(Path.GetDirectoryName(own)!).Where(library => library != own))
            File.CreateSymbolicLink(Path.Combine(libraries, Path.GetFileName(library)), library);

        string said = await Split.Run(
            $"$env:XTABLES_LIBDIR = '{libraries}'; try {{ New-TailSplitKillswitch torrents -WarningVariable said " +
            "-WarningAction SilentlyContinue | Out-Null; \"$said\" } finally { $env:XTABLES_LIBDIR = $null }");

        Assert.Contains("xt_TCPMSS", said, StringComparison.Ordinal);
        Assert.Equal("Active", (await Split.Run("(Get-TailSplitPolicy torrents).State")).Trim());
        Assert.DoesNotContain("TAILSPLIT-MSS", await Lab.Snapshot(), StringComparison.Ordinal);
        Assert.Equal(Way.ExitNode, (await Probe.Ask(Split.Torrents, Place.Internet.At(family))).Way);
        await Lab.Tailscale.Set(new(ExitNode: false));
        Assert.Equal(
            LeakCount.None,
            await Lab.Leaks.During(() => Probe.Ask(Split.Torrents, Place.Internet.At(family))));
        await Lab.Tailscale.Set(new());
        await Split.Remove();
    }
}
