namespace TailSplit.Lab;

/// <summary>Options of <c>docker network create</c>.</summary>
public sealed record NetworkOptions
{
    public string Driver { get; init; } = "bridge";

    public string? Subnet { get; init; }

    /// <summary>Given, the network has IPv6, too.</summary>
    public string? SubnetV6 { get; init; }

    /// <summary>The bridge interface's name; without it Docker takes <c>br-</c> and 12 characters of the id.</summary>
    public string? Bridge { get; init; }

    public bool Internal { get; init; }

    /// <summary>Whether containers may talk to each other (<c>enable_icc</c>).</summary>
    public bool InterContainer { get; init; } = true;

    public bool Masquerade { get; init; } = true;

    /// <summary>The address to SNAT to instead of MASQUERADE, on engines that have the option.</summary>
    public string? HostIpv4 { get; init; }

    /// <summary>Options and labels by name, as <c>-o</c> and <c>--label</c> take them.</summary>
    public IReadOnlyDictionary<string, string> DriverOptions { get; init; } = new Dictionary<string, string>();

    public IReadOnlyDictionary<string, string> Labels { get; init; } = new Dictionary<string, string>();

    /// <summary>More of the client's own options.</summary>
    public IReadOnlyList<string> More { get; init; } = [];

    internal IEnumerable<string> Arguments =>
    [
        $"--driver={Driver}",
        .. Subnet is null ? [] : (string[])[$"--subnet={Subnet}"],
        .. SubnetV6 is null ? [] : (string[])["--ipv6", $"--subnet={SubnetV6}"],
        .. Internal ? (string[])["--internal"] : [],
        .. Bridge is null ? [] : Option("com.docker.network.bridge.name", Bridge),
        .. InterContainer ? [] : Option("com.docker.network.bridge.enable_icc", "false"),
        .. Masquerade ? [] : Option("com.docker.network.bridge.enable_ip_masquerade", "false"),
        .. HostIpv4 is null ? [] : Option("com.docker.network.host_ipv4", HostIpv4),
        .. DriverOptions.SelectMany(option => Option(option.Key, option.Value)),
        .. More,
        .. Labels.Select(label => $"--label={label.Key}={label.Value}"),
    ];

    private static string[] Option(string name, string value) => ["--opt", $"{name}={value}"];
}
