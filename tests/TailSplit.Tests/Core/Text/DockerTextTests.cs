using System.Net;
using TailSplit.Core;
using TailSplit.Core.Containers;
using TailSplit.Core.Errors;
using TailSplit.Core.Kernel;
using TailSplit.Core.Model;
using Xunit;

namespace TailSplit.Tests.Core.Text;

public sealed class DockerTextTests
{
    [Theory]
    [InlineData(
        "nameserver 127.0.0.11\n# ExtServers: [host(10.0.0.1) 1.1.1.1 host(fe80::1%eth0)]\n", "10.0.0.1",
        "fe80::1%eth0")]
    [InlineData("nameserver 127.0.0.11\n# ExtServers: [1.1.1.1]\n")]
    [InlineData("nameserver 127.0.0.11\noptions ndots:0\n")]
    [InlineData("# NO EXTERNAL NAMESERVERS DEFINED\n")]
    public void Name_servers_that_the_host_queries_are_distinguished(string text, params string[] servers) =>
        Assert.Equal(servers, EmbeddedDns.AskedByHost(text));

    [Theory]
    [InlineData("nameserver 127.0.0.11\n# ExtServers: [host(10.0.0.1) 1.1.1.1]\n", "1.1.1.1")]
    // Before Engine 26 the file does not say: the host's own servers, its loopback aside.
    [InlineData("nameserver 127.0.0.11\noptions ndots:0\n", "192.168.1.1")]
    [InlineData("nameserver 100.100.100.100\nnameserver 9.9.9.9\n", "100.100.100.100", "9.9.9.9")]
    [InlineData("search lan\n")]
    public void Name_servers_that_the_container_queries_itself_are_read(string text, params string[] servers) =>
        Assert.Equal(
            servers, EmbeddedDns.AskedByContainer(text, "nameserver 127.0.0.53\nnameserver 192.168.1.1\n"));

    [Theory]
    [InlineData("eth0\t00000000\t0100A8C0\t0003\t0\t0\t0\t00000000\t0\t0\t0\n", "192.168.0.1")]
    [InlineData("eth0\t0000A8C0\t00000000\t0001\t0\t0\t0\t0000FFFF\t0\t0\t0\n", null)]
    [InlineData("eth0\t00000000\t00000000\t0001\t0\t0\t0\t00000000\t0\t0\t0\n", null)]
    [InlineData("", null)]
    public void The_default_gateway_is_read_from_the_kernels_own_table(string text, string? gateway) =>
        Assert.Equal(gateway, KernelRoutes.DefaultGateway("Iface\tDestination\tGateway\tFlags\n" + text)?.ToString());

    [Theory]
    [InlineData(
        "00000000000000000000000000000000 00 00000000000000000000000000000000 00 fd000018000000000000000000000001 00000400 00000001 00000000 00000003     eth1\n"
        + "fd000018000000000000000000000000 40 00000000000000000000000000000000 00 00000000000000000000000000000000 00000100 00000001 00000000 00000001     eth1\n",
        "fd00:18::1")]
    [InlineData(
        "00000000000000000000000000000000 00 00000000000000000000000000000000 00 00000000000000000000000000000000 ffffffff 00000001 00000000 00200200       lo\n",
        null)]
    [InlineData(
        "00000000000000000000000000000000 00 00000000000000000000000000000000 00 fd000018000000000000000000000001 00000400 00000001 00000000 00000003     eth1\n"
        + "00000000000000000000000000000000 00 00000000000000000000000000000000 00 fd000019000000000000000000000001 00000100 00000001 00000000 00000003     eth0\n",
        "fd00:19::1")]
    [InlineData("", null)]
    public void The_default_gateway_of_ipv6_is_read_as_well(string text, string? gateway) =>
        Assert.Equal(gateway, KernelRoutes.DefaultGatewayIPv6(text)?.ToString());

    [Fact]
    public void A_context_says_where_the_daemon_is()
    {
        Assert.Equal("ssh://root@nas", DockerContextJson.Endpoint(
            """[{"Name":"nas","Metadata":{},"Endpoints":{"docker":{"Host":"ssh://root@nas","SkipTLSVerify":false}},"TLSMaterial":{},"Storage":{}}]"""));
        Assert.Null(DockerContextJson.Endpoint("""[{"Name":"default","Endpoints":{}}]"""));
    }

    [Fact]
    public void The_info_of_podman_is_distinguished_from_dockers() => Assert.Equal(
        nameof(Failures.DockerIsPodman),
        Assert.Throws<TailSplitException>(() => DockerInfoJson.Parse(
            """{"host":{"arch":"amd64","networkBackend":"netavark"},"version":{"APIVersion":"5.4.2","Version":"5.4.2"}}""")).Failure.Id);

    [Fact]
    public void Ports_that_are_not_published_are_none_and_all_addresses_are_null()
    {
        DockerContainer container = Assert.Single(DockerContainerJson.Parse("""
            [{"Id":"01","Name":"/web","State":{"Pid":7},"HostConfig":{"NetworkMode":"media","CapAdd":["NET_ADMIN","CAP_SYS_ADMIN"],"Privileged":false},
              "NetworkSettings":{"Ports":{"80/tcp":[{"HostIp":"0.0.0.0","HostPort":"8080"},{"HostIp":"::","HostPort":"8080"}],"443/tcp":null,
                                          "53/udp":[{"HostIp":"127.0.0.1","HostPort":"5353"}]},
              "Networks":{"media":{"Gateway":"172.18.0.1","IPv6Gateway":"","GwPriority":5}}}}]
            """));

        Assert.Equal("web", container.Name);
        Assert.Equal(
            [new PublishedPort(null, 8080, "80/tcp"), new PublishedPort(IPAddress.Loopback, 5353, "53/udp")],
            container.Ports);
        Assert.Equal([true, false], container.Ports.Select(port => port.IsOpen));
        Assert.Equal(["NET_ADMIN", "SYS_ADMIN"], container.AddedCapabilities);
        Assert.Equal([new ContainerEndpoint("media", IPAddress.Parse("172.18.0.1"), null, 5)], container.Networks);
    }
}
