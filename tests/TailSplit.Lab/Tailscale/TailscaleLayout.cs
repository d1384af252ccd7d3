namespace TailSplit.Lab;

/// <summary>What differs between releases and platforms in the rules that tailscaled writes.</summary>
public sealed record TailscaleLayout(string Name)
{
    /// <summary>Added to 10, 30, 50 and 70: 5200, or 1300 where mwan3 owns the higher ones.</summary>
    public int BasePref { get; init; } = 5200;

    /// <summary>UniFi: one rule that says the same as four.</summary>
    public bool SingleRule { get; init; }

    public ConnmarkRules Connmark { get; init; } = ConnmarkRules.WithGuard;

    /// <summary>Whether <c>net.ipv4.conf.all.src_valid_mark=1</c> is written.</summary>
    public bool SrcValidMark { get; init; } = true;

    /// <summary>
    /// Whether the rules are nft's own (<c>TS_DEBUG_FIREWALL_MODE=nftables</c>): iptables-save can't show them.
    /// </summary>
    public bool Native { get; init; }

    public static TailscaleLayout Before196 { get; } =
        new(nameof(Before196)) { Connmark = ConnmarkRules.None, SrcValidMark = false };

    public static TailscaleLayout From196 { get; } =
        new(nameof(From196)) { Connmark = ConnmarkRules.WithoutGuard, SrcValidMark = false };

    public static TailscaleLayout From198 { get; } = new(nameof(From198)) { Connmark = ConnmarkRules.WithoutGuard };

    public static TailscaleLayout From1100 { get; } = new(nameof(From1100));

    public static TailscaleLayout UniFi { get; } = new(nameof(UniFi)) { SingleRule = true };

    public static TailscaleLayout Pref13xx { get; } = new(nameof(Pref13xx)) { BasePref = 1300 };

    /// <summary>1.100 in nftables mode; not one of <see cref="All"/>, since iptables can't read it.</summary>
    public static TailscaleLayout NfTables { get; } = new(nameof(NfTables)) { Native = true };

    public static IReadOnlyList<TailscaleLayout> All => [Before196, From196, From198, From1100, UniFi, Pref13xx];

    /// <summary>A layout by its name, for the rows of a theory.</summary>
    public static TailscaleLayout Named(string name) => All.Append(NfTables).Single(layout => layout.Name == name);

    /// <summary>As arguments of <c>ip rule add</c>.</summary>
    public IEnumerable<string> RoutingRules =>
        SingleRule
            ? [$"pref {BasePref + 70} not fwmark 0x80000/0xff0000 lookup 52"]
            :
            [
                $"pref {BasePref + 10} fwmark 0x80000/0xff0000 lookup main",
                $"pref {BasePref + 30} fwmark 0x80000/0xff0000 lookup default",
                $"pref {BasePref + 50} fwmark 0x80000/0xff0000 unreachable",
                $"pref {BasePref + 70} lookup 52",
            ];

    public override string ToString() => Name;
}
