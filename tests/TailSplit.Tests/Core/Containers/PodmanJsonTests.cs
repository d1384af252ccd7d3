using System.Collections.Immutable;
using TailSplit.Core;
using TailSplit.Core.Containers;
using TailSplit.Core.Errors;
using TailSplit.Core.Model;
using Xunit;

namespace TailSplit.Tests.Core.Containers;

/// <summary>What Debian 12's Podman 4.3.1 with netavark 1.4 prints, as captured; ids of containers are shortened.</summary>
public sealed class PodmanJsonTests
{
    private const string Networks = """
        [
             {
                  "name": "media",
                  "id": "37c4fa3c8208ac3f95e2be6728d635b47dae103ef024790a8450da02cf38fdc8",
                  "driver": "bridge",
                  "network_interface": "podman1",
                  "created": "2026-11-26T06:54:28.722816682Z",
                  "subnets": [ { "subnet": "10.89.0.0/24", "gateway": "10.89.0.1" } ],
                  "ipv6_enabled": false,
                  "internal": false,
                  "dns_enabled": true,
                  "labels": { "tailsplit.policy": "bypass" },
                  "ipam_options": { "driver": "host-local" }
             },
             {
                  "name": "six",
                  "id": "ecbfb86f58a05fd2242ecd9d7835bc248cb85a6a4ba66f169839be27bd553858",
                  "driver": "bridge",
                  "network_interface": "podman2",
                  "created": "2026-11-26T06:54:28.749027488Z",
                  "subnets": [
                       { "subnet": "fd00:77::/64", "gateway": "fd00:77::1" },
                       { "subnet": "10.91.0.0/24", "gateway": "10.91.0.1" }
                  ],
                  "ipv6_enabled": true,
                  "internal": false,
                  "dns_enabled": true,
                  "ipam_options": { "driver": "host-local" }
             },
             {
                  "name": "in",
                  "id": "9b0c1119ca4fdc86fd5f63efb5e43f6dba0bd6b75dcc018a0576309c22f813ae",
                  "driver": "bridge",
                  "network_interface": "podman3",
                  "created": "2026-11-26T06:54:28.774054982Z",
                  "subnets": [ { "subnet": "10.89.1.0/24", "gateway": "10.89.1.1" } ],
                  "ipv6_enabled": false,
                  "internal": true,
                  "dns_enabled": true,
                  "ipam_options": { "driver": "host-local" }
             },
             {
                  "name": "podman",
                  "id": "2f259bab93aaaaa2542ba43ef33eb990d0999ee1b9924b557b7be53c0b7a1bb9",
                  "driver": "bridge",
                  "network_interface": "podman0",
                  "created": "2026-11-26T06:54:28.829375405Z",
                  "subnets": [ { "subnet": "10.88.0.0/16", "gateway": "10.88.0.1" } ],
                  "ipv6_enabled": false,
                  "internal": false,
                  "dns_enabled": false,
                  "ipam_options": { "driver": "host-local" }
             }
        ]
        """;

    private const string Running = """
        [{"AutoRemove":false,"Command":["/bin/sleep","1000"],"CreatedAt":"Less than a second ago","Exited":false,"ExitedAt":-62135596800,
          "ExitCode":0,"Id":"721bd77e9f4c","Image":"localhost/box:latest","IsInfra":false,"Labels":null,"Mounts":["/x"],"Names":["c2"],
          "Namespaces":{},"Networks":["media","six"],"Pid":18769,"Pod":"","PodName":"",
          "Ports":[{"host_ip":"127.0.0.1","container_port":81,"host_port":8081,"range":1,"protocol":"tcp"},
                   {"host_ip":"","container_port":80,"host_port":8080,"range":1,"protocol":"tcp"}],
          "Size":null,"StartedAt":1795676585,"State":"running","Status":"Up Less than a second ago","Created":1795676584},
         {"AutoRemove":false,"Command":["/bin/sleep","1000"],"Id":"3b1c2d209a0e","Names":["priv"],"Namespaces":{},"Networks":[],"Pid":18799,
          "Pod":"","PodName":"","Ports":null,"State":"running"}]
        """;

    private const string Inspected = """
        [{"Id":"721bd77e9f4c","Name":"c2","State":{"Status":"running","Running":true,"Pid":18769},
          "ResolvConfPath":"/run/containers/storage/vfs-containers/721bd77e9f4c/userdata/resolv.conf",
          "EffectiveCaps":["CAP_CHOWN","CAP_NET_ADMIN"],
          "Mounts":[{"Type":"bind","Source":"/tmp","Destination":"/x","Driver":"","Mode":"","Options":["rbind"],"RW":false,"Propagation":"rprivate"}],
          "NetworkSettings":{"EndpointID":"","Gateway":"","IPAddress":"","IPv6Gateway":"","Bridge":"",
            "Ports":{"80/tcp":[{"HostIp":"","HostPort":"8080"}],"81/tcp":[{"HostIp":"127.0.0.1","HostPort":"8081"}]},
            "SandboxKey":"/run/netns/netns-6ca3f5b2-dc5e-1021-bcdb-21fe3877ee47",
            "Networks":{
              "media":{"EndpointID":"","Gateway":"10.89.0.1","IPAddress":"10.89.0.7","IPPrefixLen":24,"IPv6Gateway":"","NetworkID":"media","Aliases":["721bd77e9f4c"]},
              "six":{"EndpointID":"","Gateway":"10.91.0.1","IPAddress":"10.91.0.4","IPPrefixLen":24,"IPv6Gateway":"fd00:77::1","NetworkID":"six","Aliases":["721bd77e9f4c"]}}},
          "HostConfig":{"Binds":["/tmp:/x:ro,rprivate,rbind"],"NetworkMode":"bridge","CapAdd":["CAP_NET_ADMIN"],"CapDrop":["CAP_MKNOD"],
            "Privileged":false,"PidMode":"private"}}]
        """;

    private static readonly ImmutableArray<DockerNetwork> s_networks =
        PodmanNetworkJson.Parse(Networks, PodmanContainerJson.Members(Running));

    [Fact]
    public void A_network_is_read_with_its_bridge_its_labels_and_its_containers()
    {
        DockerNetwork media = s_networks.Single(network => network.Name == "media");

        Assert.Equal(ContainerEngine.Podman, media.Engine);
        Assert.Equal("podman1", media.Bridge);
        Assert.Equal(["10.89.0.0/24"], media.Subnet);
        Assert.Equal(["10.89.0.1"], media.Gateway);
        Assert.Equal("bypass", media.Labels["tailsplit.policy"]);
        Assert.Equal(["c2"], media.Containers);
        Assert.Null(media.Reason);
    }

    [Fact]
    public void Both_families_are_read()
    {
        DockerNetwork six = s_networks.Single(network => network.Name == "six");

        Assert.True(six.IPv6);
        Assert.Equal(["10.91.0.0/24", "fd00:77::/64"], six.Subnet);
        Assert.Equal(["10.91.0.1", "fd00:77::1"], six.Gateway.Order(StringComparer.Ordinal));
    }

    /// <summary>netavark 1.4 writes no rule for it: its containers only have no default route.</summary>
    [Fact]
    public void An_internal_network_can_have_a_policy() =>
        Assert.True(s_networks.Single(network => network is { Name: "in", Internal: true }).CanHavePolicy);

    [Theory]
    [InlineData("\"driver\": \"bridge\"", "\"driver\": \"macvlan\"", "macvlan frames leave by the parent interface")]
    [InlineData("\"driver\": \"host-local\" }", "\"driver\": \"host-local\" }, \"options\": { \"mode\": \"unmanaged\" }", "mode=unmanaged")]
    [InlineData("10.89.0.0/24", "10.89.0.0", "its subnet '10.89.0.0' can't be read")]
    [InlineData("\"network_interface\": \"podman1\",", "", "its bridge interface is not known")]
    public void A_network_without_a_bridge_of_this_host_can_have_no_policy(string text, string other, string reason)
    {
        string json = Networks[..Networks.IndexOf("\"name\": \"six\"", StringComparison.Ordinal)].TrimEnd(' ', '\n', '{', ',') + "]";

        DockerNetwork media = Assert.Single(PodmanNetworkJson.Parse(
            json.Replace(text, other, StringComparison.Ordinal), PodmanContainerJson.Members("[]")));

        Assert.Contains(reason, media.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void The_files_of_cni_that_podman_3_prints_are_an_error() => Assert.Equal(
        nameof(Failures.PodmanTooOld),
        Assert.Throws<TailSplitException>(() => PodmanNetworkJson.Parse(
            """[{"CNIVersion":"0.4.0","Name":"podman","Bytes":""}]""", PodmanContainerJson.Members("[]"))).Failure.Id);

    [Fact]
    public void A_container_is_on_networks_by_their_ids()
    {
        DockerContainer container = Assert.Single(PodmanContainerJson.Parse(Inspected, s_networks));

        Assert.Equal((ContainerEngine.Podman, "c2", 18769), (container.Engine, container.Name, container.ProcessId));
        Assert.All(
            s_networks,
            network => Assert.Equal(
                network.Name is "media" or "six", container.Networks.Any(endpoint => endpoint.IsOn(network))));
        Assert.Equal(["NET_ADMIN"], container.AddedCapabilities);
        Assert.Equal(["/tmp"], container.HostPaths);
        Assert.Equal([(null, 8080), ("127.0.0.1", 8081)], container.Ports.Select(port => (port.HostAddress?.ToString(), port.HostPort)));
    }

    [Fact]
    public void Names_that_podmans_server_is_asked_for_are_asked_by_the_host()
    {
        DockerContainer container = Assert.Single(PodmanContainerJson.Parse(Inspected, s_networks));

        NameQuestions questions = NameQuestions.Of(
            container, "search dns.podman\nnameserver 10.89.0.1\nnameserver 9.9.9.9\n", "nameserver 192.168.1.1\n");

        Assert.Equal(["9.9.9.9"], questions.Own);
        Assert.Equal(["192.168.1.1"], questions.ByPodman);
        Assert.Empty(questions.ByHost);
    }

    [Theory]
    [InlineData("""{"ID":"52851ddeec6e","Name":"c1","network":"tmp1","Status":"connect","Time":"2026-11-26T06:54:46.359844239Z","Type":"network","Attributes":null}""", false, false)]
    [InlineData("""{"ID":"37c4fa3c8208","network":"tmp1","Status":"create","Time":"2026-11-26T06:54:46.359844239Z","Type":"network","Attributes":{"driver":"bridge"}}""", true, false)]
    [InlineData("""{"ID":"37c4fa3c8208","network":"tmp1","Status":"remove","Time":"2026-11-26T06:54:46.359844239Z","Type":"network","Attributes":{"driver":"bridge"}}""", false, true)]
    public void Events_state_whether_a_network_was_created_or_removed(string line, bool created, bool removed)
    {
        Assert.True(PodmanEventJson.TryParse(line, out NetworkEvent? parsed));
        Assert.Equal(("tmp1", created, removed), (parsed.Network, parsed.IsCreation, parsed.IsRemoval));
    }

    [Theory]
    [InlineData("""{"Status":"refresh","Time":"2026-11-26T06:54:28.566948595Z","Type":"system","Attributes":null}""")]
    [InlineData("""{"ID":"52851ddeec6e","Image":"localhost/box:latest","Name":"c1","Status":"create","Time":"2026-11-26T06:54:28.928100156Z","Type":"container","Attributes":{}}""")]
    [InlineData("{")]
    [InlineData("[]")]
    [InlineData("Error: cannot read events")]
    public void Other_lines_are_no_events_of_networks(string line) =>
        Assert.False(PodmanEventJson.TryParse(line, out _));

    /// <summary>Docker's client at the socket of Podman 4.3.1, in short.</summary>
    [Fact]
    public void Podman_behind_dockers_client_is_distinguished_from_docker() => Assert.Equal(
        nameof(Failures.DockerIsPodman),
        Assert.Throws<TailSplitException>(() => DockerInfoJson.Parse(
            """{"ID":"6ac6ab05","Driver":"vfs","OperatingSystem":"debian","DockerRootDir":"/var/lib/containers/storage","Name":"vm","ServerVersion":"4.3.1","DefaultRuntime":"runc","SecurityOptions":["name=seccomp,profile=default"],"ProductLicense":"Apache-2.0"}""")).Failure.Id);
}
