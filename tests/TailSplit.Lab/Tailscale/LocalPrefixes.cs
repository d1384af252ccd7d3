using System.Net;
using System.Text.Json;

namespace TailSplit.Lab;

/// <summary>
/// The prefixes on the host's interfaces, Docker's bridges included, as tailscaled finds them: merged, without the
/// loopback, single addresses and what lies in the range of every tailnet (tailscale ipn/ipnlocal/local.go:
/// internalAndExternalInterfacesFrom).
/// </summary>
internal static class LocalPrefixes
{
    private static readonly IPNetwork[] s_tailnet =
        [IPNetwork.Parse("100.64.0.0/10"), IPNetwork.Parse("fd7a:115c:a1e0::/48")];

    public static async Task<IReadOnlyList<IPNetwork>> Of(NetworkNamespace host)
    {
        ProgramOutput output = await host.Run("ip", ["-j", "addr"]);
        using JsonDocument links = JsonDocument.Parse(output.Output);
        return PrefixSet.Merge(
            links.RootElement.EnumerateArray()
                .Where(link => link.TryGetProperty("ifname", out JsonElement name)
                    && name.GetString() is not ("lo" or Tunnel.Interface))
                .SelectMany(link => link.GetProperty("addr_info").EnumerateArray())
                .Where(address => address.TryGetProperty("local", out _))
                .Select(Prefix)
                .Where(prefix => !prefix.BaseAddress.Equals(IPAddress.Any) && !IsSingle(prefix)
                    && !s_tailnet.Any(range => range.Contains(prefix.BaseAddress))));
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
