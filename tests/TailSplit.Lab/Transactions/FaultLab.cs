using TailSplit.Lab.Contract;

namespace TailSplit.Lab.Transactions;

/// <summary>
/// The contract's networks with the exit node off, two slow flows out of the one that is to be closed, and a second
/// shell whose tools can be made to fail.
/// </summary>
public abstract class FaultLab(LabOptions options)
    : SplitLab(options with { Tailscale = new(ExitNode: false) }), IAsyncDisposable
{
    private static readonly TimeSpan s_interval = TimeSpan.FromMilliseconds(2);
    private static readonly (string Family, string[] Titles)[] s_families =
    [
        ("IPv4", ["iptables", HostRules.OwnTable, "ip rule"]),
        ("IPv6", ["ip6tables", HostRules.OwnTable, "ip -6 rule"]),
    ];

    private LabShell? _shell;
    private bool _controlled;
    private UdpFlow? _v4;
    private UdpFlow? _v6;

    /// <summary>The rules before and after a change, once they are known.</summary>
    public (string Old, string Wanted)? OldAndWanted { get; set; }

    public FaultyTools Tools { get; private set; } = null!;

    /// <summary>One prompt with the faulty tools, for all tests that do not kill it.</summary>
    public LabShell Shell => _shell ??= Tools.NewShell();

    public async ValueTask SendMore(int datagrams = 15)
    {
        await _v4!.SendMore(datagrams);
        await _v6!.SendMore(datagrams);
    }

    /// <summary>No fault; the first time also no policy, and proof that the counter sees what leaves then.</summary>
    public async Task Begin()
    {
        Assert.NotNull(Lab);
        Tools.Heal();
        if (_controlled)
        {
            return;
        }

        await Remove();
        _controlled = true;
        LeakCount control = await Lab.Leaks.During(async () => await SendMore(60));
        Assert.True(
            control.V6 > 0 && control.Total > control.V6, $"The control saw no leak, so the test is void: {control}");
    }

    /// <summary>Nothing of the closed network has left in clear since the counter was last set to zero.</summary>
    public async Task AssertClosed(string moment)
    {
        await SendMore();
        LeakCount leaks = await Lab.Leaks.Count();
        Assert.True(leaks.Total == 0, $"{moment}: leaked {leaks}");
    }

    /// <summary>A snapshot's part of one family.</summary>
    public static IReadOnlyList<(string Family, string Rules)> ByFamily(string snapshot)
    {
        string[] sections = snapshot.Split("== ", StringSplitOptions.RemoveEmptyEntries);
        return [.. s_families.Select(family => (family.Family, string.Concat(sections.Where(section =>
            family.Titles.Any(title => section.StartsWith(title + "\n", StringComparison.Ordinal)
                || section.StartsWith(title + " (", StringComparison.Ordinal))))))];
    }

    /// <summary>Name, state and what is missing of every policy, a line each.</summary>
    public async Task<IReadOnlyList<string>> Policies() =>
        (await Run(
            "Get-TailSplitPolicy | " +
            "ForEach-Object { \"$($_.Name) $($_.Kind) $($_.State): $($_.Missing -join ' | ')\" }"))
            .Split('\n', StringSplitOptions.RemoveEmptyEntries);

    protected override async Task Prepare(Lab lab)
    {
        await base.Prepare(lab);
        Tools = await FaultyTools.Create(lab);
        _v4 = UdpFlow.Start(Torrents, Place.Internet.V4, s_interval, sourcePort: 43000);
        _v6 = UdpFlow.Start(Torrents, Place.Internet.V6, s_interval, sourcePort: 43000);
    }

    async ValueTask IAsyncDisposable.DisposeAsync()
    {
        GC.SuppressFinalize(this);
        foreach (IAsyncDisposable? part in (IAsyncDisposable?[])[_v4, _v6, _shell])
        {
            if (part is not null)
            {
                await part.DisposeAsync();
            }
        }

        await DisposeAsync();
    }
}

public sealed class NfTablesFaultLab() : FaultLab(new());

public sealed class LegacyFaultLab() : FaultLab(new() { Docker = new() { Iptables = IptablesVariant.Legacy } });

public sealed class OwnTableFaultLab() : FaultLab(new() { Backend = FirewallBackend.Nftables });

/// <summary>The tests that share a lab, one after another.</summary>
[CollectionDefinition(nameof(SharedNfTablesFaultLab))]
public sealed class SharedNfTablesFaultLab : ICollectionFixture<NfTablesFaultLab>;

[CollectionDefinition(nameof(SharedLegacyFaultLab))]
public sealed class SharedLegacyFaultLab : ICollectionFixture<LegacyFaultLab>;

[CollectionDefinition(nameof(SharedOwnTableFaultLab))]
public sealed class SharedOwnTableFaultLab : ICollectionFixture<OwnTableFaultLab>;
