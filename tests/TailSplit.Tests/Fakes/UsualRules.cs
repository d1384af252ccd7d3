namespace TailSplit.Tests.Fakes;

/// <summary>What Docker 28 and Tailscale 1.96 have in the firewall, in short.</summary>
internal static class UsualRules
{
    public const string Docker = """
        *filter
        :FORWARD DROP [0:0]
        :DOCKER - [0:0]
        :DOCKER-FORWARD - [0:0]
        :DOCKER-USER - [0:0]
        -A FORWARD -j DOCKER-USER
        -A FORWARD -j DOCKER-FORWARD
        -A DOCKER ! -i docker0 -o docker0 -j DROP
        -A DOCKER-FORWARD -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT
        -A DOCKER-FORWARD -j DOCKER
        -A DOCKER-FORWARD -i docker0 -j ACCEPT
        COMMIT
        *nat
        :DOCKER - [0:0]
        -A PREROUTING -m addrtype --dst-type LOCAL -j DOCKER
        -A POSTROUTING ! -o docker0 -m mark --mark 0x1/0x1 -j MASQUERADE
        COMMIT

        """;

    /// <summary>What Docker adds for one network.</summary>
    public static string Of(string bridge, string subnet) => $"""
        *filter
        -A DOCKER-FORWARD -i {bridge} -j ACCEPT
        COMMIT
        *nat
        -A POSTROUTING -s {subnet} ! -o {bridge} -j MASQUERADE
        COMMIT

        """;

    public const string Tailscale = """
        *filter
        :ts-forward - [0:0]
        -A FORWARD -j ts-forward
        -A ts-forward -i tailscale0 -j MARK --set-xmark 0x40000/0xff0000
        -A ts-forward -m mark --mark 0x40000/0xff0000 -j ACCEPT
        -A ts-forward -o tailscale0 -j ACCEPT
        COMMIT
        *nat
        :ts-postrouting - [0:0]
        -A POSTROUTING -j ts-postrouting
        -A ts-postrouting -m mark --mark 0x40000/0xff0000 -j MASQUERADE
        COMMIT
        *mangle
        -A PREROUTING -m conntrack --ctstate RELATED,ESTABLISHED -j CONNMARK --restore-mark --nfmask 0xff0000 --ctmask 0xff0000
        COMMIT

        """;
}
