namespace TailSplit.Lab;

/// <summary>Options of <c>docker run</c>. By itself a container serves HTTP on port 80.</summary>
public sealed record ContainerOptions
{
    /// <summary>The first at the start, the others connected later. None: the default bridge.</summary>
    public IReadOnlyList<string> Networks { get; init; } = [];

    /// <summary>As <c>-p</c> takes them: <c>8080:80</c>.</summary>
    public IReadOnlyList<string> Publish { get; init; } = [];

    public IReadOnlyList<string> Capabilities { get; init; } = [];

    public string? RestartPolicy { get; init; }

    public IReadOnlyList<string> Dns { get; init; } = [];

    public IReadOnlyDictionary<string, string> Labels { get; init; } = new Dictionary<string, string>();

    public IReadOnlyList<string> Command { get; init; } = ["httpd", "-f", "-p", "80", "-h", "/www"];

    /// <summary>More of the client's own options.</summary>
    public IReadOnlyList<string> More { get; init; } = [];

    internal IEnumerable<string> Arguments =>
    [
        .. Networks.Take(1).Select(network => $"--network={network}"),
        .. Publish.Select(port => $"--publish={port}"),
        .. Capabilities.Select(capability => $"--cap-add={capability}"),
        .. RestartPolicy is null ? [] : (string[])[$"--restart={RestartPolicy}"],
        .. Dns.Select(server => $"--dns={server}"),
        .. More,
        .. Labels.Select(label => $"--label={label.Key}={label.Value}"),
    ];
}
