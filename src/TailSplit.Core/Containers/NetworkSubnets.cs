using System.Collections.Immutable;
using TailSplit.Core.Model;

namespace TailSplit.Core.Containers;

/// <summary>The subnets of a network and their gateways, as an engine prints them.</summary>
/// <param name="Subnets">Each as address/length, host bits cleared, in a fixed order.</param>
/// <param name="Gateways">The addresses of the gateways.</param>
/// <param name="Trouble">What can't be read, as a clause; null for nothing.</param>
internal sealed record NetworkSubnets(
    ImmutableArray<string> Subnets, ImmutableArray<string> Gateways, string? Trouble)
{
    public static NetworkSubnets Read(IReadOnlyCollection<(string? Subnet, string? Gateway)> printed) => new(
        [
            .. Cidr.Normalise(printed
                .Select(each => Cidr.TryParseMasked(each.Subnet, out Cidr subnet) ? subnet : (Cidr?)null)
                .OfType<Cidr>())
                .Select(subnet => subnet.ToString()),
        ],
        [.. printed.Select(each => GatewayOf(each.Gateway)).OfType<string>()],
        Unreadable(printed));

    // Some engines print the gateway of IPv6 with the length of its prefix.
    private static string? GatewayOf(string? text)
    {
        string address = text?.Split('/')[0] ?? "";
        return address.Length > 0 && Cidr.TryParse(address, out Cidr gateway) ? gateway.Address.ToString() : null;
    }

    // A skipped subnet would stay open, or unusable, without a message.
    private static string? Unreadable(IEnumerable<(string? Subnet, string? Gateway)> printed)
    {
        foreach ((string? subnet, string? gateway) in printed)
        {
            if (subnet is { Length: > 0 } && !IsPrefix(subnet))
                return $"its subnet '{QuotedText.Of(subnet)}' can't be read";

            if (gateway is { Length: > 0 } && GatewayOf(gateway) is null)
                return $"its gateway '{QuotedText.Of(gateway)}' can't be read";
        }

        return null;
    }

    private static bool IsPrefix(string text) =>
        text.Contains('/', StringComparison.Ordinal) && Cidr.TryParseMasked(text, out _);
}
