using TailSplit.Core.Model;

namespace TailSplit.Conversion;

/// <summary>A Docker network as a parameter takes it: by name or id, or as Get-DockerNetwork emitted it.</summary>
public sealed class NetworkArgument
{
    public NetworkArgument(string name) => Name = name;

    public NetworkArgument(DockerNetwork network)
    {
        Name = network.Name;
        Network = network;
    }

    public string Name { get; }

    /// <summary>The network itself, where it need not be asked for any more.</summary>
    public DockerNetwork? Network { get; }

    public override string ToString() => Name;
}
