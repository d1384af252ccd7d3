using TailSplit.Core.Flows;
using Xunit;

namespace TailSplit.Tests.Core.Text;

public sealed class ConntrackListTests
{
    [Theory]
    [InlineData(
        "udp      17 25 src=172.18.0.2 dst=198.51.100.10 sport=1000 dport=53 [UNREPLIED] src=198.51.100.10 "
            + "dst=192.168.1.5 sport=53 dport=1000 mark=0 use=1",
        "udp", "192.168.1.5", "-D -p udp -s 172.18.0.2 -d 198.51.100.10 --sport 1000 --dport 53")]
    [InlineData(
        "tcp      6 431999 ESTABLISHED src=172.18.0.2 dst=198.51.100.10 sport=41000 dport=443 src=198.51.100.10 "
            + "dst=192.168.1.5 sport=443 dport=41000 [ASSURED] mark=524288 use=1",
        "tcp", "192.168.1.5", "-D -p tcp -s 172.18.0.2 -d 198.51.100.10 --sport 41000 --dport 443")]
    [InlineData(
        "icmp     1 29 src=172.18.0.2 dst=198.51.100.10 type=8 code=0 id=7 src=198.51.100.10 dst=192.168.1.5 type=0 "
            + "code=0 id=7 mark=0 use=1",
        "icmp", "192.168.1.5", "-D -p icmp -s 172.18.0.2 -d 198.51.100.10 --icmp-type 8 --icmp-code 0 --icmp-id 7")]
    [InlineData(
        "icmpv6   58 29 src=fd00:18::2 dst=2001:db8::1 type=128 code=0 id=7 src=2001:db8::1 dst=fd00:18::2 type=129 "
            + "code=0 id=7 mark=0 use=1",
        "icmpv6", "fd00:18::2",
        "-D -f ipv6 -p icmpv6 -s fd00:18::2 -d 2001:db8::1 --icmpv6-type 128 --icmpv6-code 0 --icmpv6-id 7")]
    [InlineData(
        "unknown  2 590 src=172.18.0.2 dst=224.0.0.22 [UNREPLIED] src=224.0.0.22 dst=172.18.0.2 mark=0 use=1",
        "2", "172.18.0.2", "-D -p 2 -s 172.18.0.2 -d 224.0.0.22")]
    [InlineData(
        "tcp      6 117 SYN_SENT src=172.18.0.2 dst=198.51.100.10 sport=41000 dport=443 packets=1 bytes=60 "
            + "[UNREPLIED] src=198.51.100.10 dst=192.168.1.5 sport=443 dport=41000 packets=0 bytes=0 mark=0 use=1",
        "tcp", "192.168.1.5", "-D -p tcp -s 172.18.0.2 -d 198.51.100.10 --sport 41000 --dport 443")]
    public void A_connection_is_read_with_what_deletes_it_and_no_other(
        string line, string protocol, string replyTo, string delete)
    {
        ConntrackEntry entry = Assert.Single(ConntrackList.Parse(line + "\n"));

        Assert.Equal(protocol, entry.Protocol);
        Assert.Equal(replyTo, entry.ReplyDestination.ToString());
        Assert.Equal(delete, entry.DeleteLine);
    }

    [Fact]
    public void Gre_connections_are_distinguished_by_their_keys() => Assert.Equal(
        "-D -p gre -s 172.18.0.2 -d 198.51.100.10 --srckey 0x1 --dstkey 0x2",
        Assert.Single(ConntrackList.Parse(
            "gre      47 179 src=172.18.0.2 dst=198.51.100.10 srckey=0x1 dstkey=0x2 [UNREPLIED] src=198.51.100.10 "
                + "dst=192.168.1.5 srckey=0x2 dstkey=0x1 mark=0 use=1")).DeleteLine);

    [Theory]
    [InlineData("")]
    [InlineData("conntrack v1.4.7 (conntrack-tools): 3 flow entries have been shown.")]
    [InlineData("udp 17 25 src=172.18.0.2 dst=198.51.100.10 sport=1000 dport=53")]
    [InlineData("udp 17 25 src=nonsense dst=198.51.100.10 src=198.51.100.10 dst=192.168.1.5")]
    public void A_line_without_a_connection_is_skipped(string line) => Assert.Empty(ConntrackList.Parse(line));
}
