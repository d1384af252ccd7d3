using System.Net;
using System.Text.Json;

namespace TailSplit.Lab;

/// <summary>The prefixes on the host's interfaces, Docker's bridges included, as tailscaled finds them.</summary>
internal static class LocalPrefixes
{
    public static async Task<IReadOnlyList<IPNetwork>> Of(NetworkNamespace host)
    {
        ProgramOutput output = await host.Run("ip", ["-j", "addr"]);
        using JsonDocument links = JsonDocument.Parse(output.Output);
        return
        [
            .. links.RootElement.EnumerateArray()
                .Where(link => link.TryGetProperty("ifname", out JsonElement name)
                    && name.GetString() is not ("lo" or Tunnel.Interface))
                .SelectMany(link => link.GetProperty("addr_info").EnumerateArray())
                .Where(address => address.GetProperty("scope").GetString() == "global")
                .Select(Prefix)
                .Where(prefix => !prefix.BaseAddress.Equals(IPAddress.Any) && !IsSingle(prefix))
                .Distinct(),
        ];
    }

    private static IPNetwork Prefix(JsonElement address)
    {
        int length = address.GetProperty("prefixlen").GetInt32();
        byte[] bytes = IPAddress.Parse(address.GetProperty("local").GetString()!).GetAddressBytes();
        for (int bit = length; bit < bytes.Length * 8; bit++)
        {
            bytes[bit / 8] &= (byte)~(0x80 >> (bit % 8));
        }

        return new(new IPAddress(bytes), length);
    }

    private static bool IsSingle(IPNetwork prefix) =>
        prefix.PrefixLength == prefix.BaseAddress.GetAddressBytes().Length * 8;
}
