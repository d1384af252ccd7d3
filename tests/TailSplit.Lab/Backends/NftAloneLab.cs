using TailSplit.Lab.Contract;

namespace TailSplit.Lab.Backends;

/// <summary>
/// A host with nft and no program of iptables: Tailscale's rules and Docker's are native. TailSplit's prompt has mounts
/// of its own, in which what every name of iptables leads to is no program.
/// </summary>
public sealed class NftAloneLab() : SplitLab(
    new()
    {
        Layout = TailscaleLayout.NfTables,
        // Engine 20.10 does not start with ip6tables and without iptables.
        Docker = new() { Ip6Tables = false, More = ["--iptables=false"] },
    })
{
    private const string WithoutIptables =
        """
        for program in /usr/sbin/xtables-*-multi; do mount --bind /dev/null "$program"; done
        exec "$0" "$@"
        """;

    private LabShell? _shell;

    /// <summary>The prompt.</summary>
    public LabShell Shell => _shell ??= new(Lab.Host, Environment, Within);

    /// <summary>What a program on this host needs to find Docker and Tailscale.</summary>
    public IReadOnlyDictionary<string, string?> Environment => Lab.Environment;

    /// <summary>A command that runs another where there is no iptables.</summary>
    public static string[] Within { get; } =
        ["unshare", "--mount", "--propagation", "slave", "sh", "-ec", WithoutIptables];

    public override async ValueTask DisposeAsync()
    {
        if (_shell is not null)
        {
            await _shell.DisposeAsync();
        }

        await base.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    /// <summary>Docker's tables as they are for the three networks, in both families.</summary>
    public Task WriteDockersTables() => DockerBridges.Write(
        Lab.Host,
        [
            new(MediaNetwork.Bridge, "172.30.1.0/24"), new(TorrentsNetwork.Bridge, "172.30.2.0/24"),
            new(PlainNetwork.Bridge, "172.30.3.0/24"),
        ],
        [
            new(MediaNetwork.Bridge, "2001:db8:d:1::/64"), new(TorrentsNetwork.Bridge, "2001:db8:d:2::/64"),
            new(PlainNetwork.Bridge, "2001:db8:d:3::/64"),
        ]);

    protected override async Task Prepare(Lab lab)
    {
        await base.Prepare(lab);
        await WriteDockersTables();
    }
}
