using System.Globalization;

namespace TailSplit.Core.Model;

/// <summary>A packet mark and the bits it speaks for, as <c>value/mask</c> in iptables and <c>ip rule</c>.</summary>
public readonly record struct FwMark(uint Value, uint Mask)
{
    /// <summary>
    /// The mark with which Tailscale lets its own packets out of the tunnel, and the bits that are Tailscale's
    /// (tailscale tsconst/linuxfw.go: LinuxBypassMark, LinuxFwmarkMask).
    /// </summary>
    public static FwMark TailscaleEscape { get; } = new(0x80000, 0xff0000);

    /// <summary>The mask alone, as <c>--nfmask</c> and <c>--ctmask</c> take it.</summary>
    public string MaskText => Hex(Mask);

    public override string ToString() => $"{Hex(Value)}/{Hex(Mask)}";

    private static string Hex(uint value) =>
        value == 0 ? "0" : string.Create(CultureInfo.InvariantCulture, $"0x{value:x}");
}
