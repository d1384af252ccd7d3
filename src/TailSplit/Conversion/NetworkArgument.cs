using TailSplit.Core.Model;

namespace TailSplit.Conversion;

/// <summary>A Docker network as an argument: its name or id, or an object of Get-DockerNetwork.</summary>
public sealed class NetworkArgument
{
    public NetworkArgument(string name) => Name = name;

    public NetworkArgument(DockerNetwork network)
    {
        Name = network.Name;
        Network = network;
    }

    public string Name { get; }

    /// <summary>The network object; null if only its name or id is known.</summary>
    public DockerNetwork? Network { get; }

    public override string ToString() => Name;
}
