using TailSplit.Core.Json;

namespace TailSplit.Core.Kernel;

/// <summary>Reads <c>ip -j link</c>.</summary>
public static class NetworkLinkJson
{
    /// <returns>The first interface's address on the link; null for none, such as for a tunnel.</returns>
    /// <exception cref="TailSplitException">UnreadableOutput.</exception>
    public static string? HardwareAddress(string json) =>
        JsonText.ReadList("ip -j link", json, element => element.Text("address")).FirstOrDefault();
}
