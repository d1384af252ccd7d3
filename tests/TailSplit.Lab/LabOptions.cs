
namespace TailSplit.Lab;

/// <summary>What sort of Docker host the lab is.</summary>
public sealed record LabOptions
{
    public TailscaleLayout Layout { get; init; } = TailscaleLayout.From1100;

    public TailscaleState Tailscale { get; init; } = new();

    /// <summary>The store that Tailscale writes to; by itself, Docker's.</summary>
    public IptablesVariant? TailscaleIptables { get; init; }

    public DockerOptions Docker { get; init; } = new();

    /// <summary>Whether a dockerd runs. Without one, the host has Podman, which the name <c>docker</c> means too.</summary>
    public bool HasDocker { get; init; } = true;

    public bool HasPodman { get; init; }

    /// <summary>What <see cref="Lab.Shell"/> and every other prompt on the host write policies with.</summary>
    public FirewallBackend Backend { get; init; } = FirewallBackend.Iptables;

    /// <summary>0, 1 (strict) or 2 (loose, as systemd sets it).</summary>
    public int RpFilter { get; init; } = 2;
}
