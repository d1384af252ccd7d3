using CsCheck;
using TailSplit.Core;
using TailSplit.Core.Compilation;
using TailSplit.Core.Containers;
using TailSplit.Core.Errors;
using TailSplit.Core.Flows;
using TailSplit.Core.Iptables;
using TailSplit.Core.Kernel;
using TailSplit.Core.Model;
using TailSplit.Core.Nftables;
using TailSplit.Core.Planning;
using TailSplit.Core.Routing;
using TailSplit.Core.Rules;
using TailSplit.Core.Tailscale;
using TailSplit.Tests.Core.Generators;
using Xunit;

namespace TailSplit.Tests.Core.Text;

/// <summary>Whatever another program prints, the readers end with a value or with a failure that says so.</summary>
public sealed class HostileTextTests
{
    private static readonly string[] s_fragments =
    [
        "*filter", "*nat", "*mangle", "*", ":DOCKER-USER - [0:0]", ":", ": ", ":X", "COMMIT", "[1:2] ", "[", "[1",
        "[1:", "]", "[99999999999999999999:1] ",
        "-A", "-A ", "-A FORWARD", "-A FORWARD ", "-A DOCKER-USER -j ", "-A TAILSPLIT-KILLSWITCH ", "-A TSK-", "-j",
        "-g", "-j TAILSPLIT-NAT", "!", "-m comment --comment",
        "\"tailsplit killswitch a\"", "\"", "\\", "-s", "-s 10.0.0.0/8", "-d", "-i", "-i br-0", "-o", "--ctdir REPLY",
        "\n", "\r\n", " ", "\t", "\0", "☃", "\ud800", "ünïcödé",
        "# comment", "-X", "-P INPUT DROP", "-I FORWARD 1", "--restore-mark",
    ];

    private static readonly Gen<string> s_soup = Gen.OneOf(
        Gen.OneOf(s_fragments).Array[0, 40].Select(string.Concat),
        Gen.OneOf(s_fragments).Array[0, 60].Select(parts => string.Join('\n', parts)),
        Gen.Char.Array[0, 200].Select(characters => new string(characters)),
        Gen.Select(
            Gen.OneOf(s_fragments), Gen.OneOf(s_fragments), (one, other) => one + new string('x', 10_000) + other));

    private static readonly string[] s_json =
    [
        "{", "}", "[", "]", ",", ":", "null", "true", "-1", "0", "1e99", "99999999999", "\"\"", "\"x\"", "\"all\"",
        "\"10.0.0.0\"", "\"0xzz\"", "\"0x80000\"", "\"\\ud800\"",
        "\"priority\":", "\"src\":", "\"srclen\":", "\"dst\":", "\"dstlen\":", "\"fwmark\":", "\"fwmask\":",
        "\"table\":", "\"protocol\":", "\"84\"", "\"iif\":", "\"action\":",
        "\"suppress_prefixlen\":", "\"not\":null", "\"ifname\":", "\"addr_info\":", "\"local\":", "\"prefixlen\":",
        "\"Name\":", "\"Id\":", "\"Driver\":", "\"bridge\"",
        "\"IPAM\":", "\"Config\":", "\"Subnet\":", "\"Labels\":", "\"Options\":", "\"dev\":",
    ];

    private static readonly string[] s_members =
        [
            "priority", "protocol", "table", "fwmark", "fwmask", "src", "srclen", "dst", "dstlen", "iif", "action",
            "suppress_prefixlen", "not", "ifname", "addr_info", "local", "prefixlen", "Name", "Id", "Driver", "IPAM",
            "Labels", "Options", "Containers", "dev", "type"
        ];

    private static readonly string[] s_values =
        [
            "null", "true", "0", "-1", "84", "\"84\"", "33", "129", "999", "1.5", "1e99", "9999999999", "\"\"",
            "\"all\"", "\"10.0.0.0\"", "\"fd00::\"", "\"x\"", "\"0x80000\"", "\"0x\"", "\"0xfffffffff\"", "\"\\ud800\"",
            "[]", "{}", "[1]", "[{}]", "[null]", "{\"a\":1}", "{\"a\":\"1\",\"a\":\"2\"}",
            "{\"Config\":[{\"Subnet\":\"10.0.0.0/8\"}]}"
        ];

    private static readonly Gen<string> s_objects = Gen.Select(
        Gen.OneOf(s_members), Gen.OneOf(s_values), (name, value) => $"\"{name}\":{value}")
        .Array[0, 10].Select(members => "[{" + string.Join(',', members) + "}]");

    private static readonly Gen<string> s_anyJson = Gen.OneOf(
        s_objects, Gen.OneOf(s_json).Array[0, 30].Select(string.Concat), s_soup);

    private static readonly string[] s_nftParts =
        [
            "{}", "null", "1", "-1", "1e99", "\"@forward-in\"", "\"br-0\"", "\"established\"", "[\"br-0\",{\"goto\":{\"target\":\"TSK-a\"}}]",
            "{\"drop\":null}", "{\"goto\":{\"target\":\"TSK-a\"}}", "{\"goto\":null}", "{\"counter\":{\"packets\":-1}}",
            "{\"match\":{\"op\":\"==\",\"left\":{\"ct\":{\"key\":\"state\"}},\"right\":[]}}",
            "{\"match\":{\"op\":\"==\",\"left\":{\"payload\":{\"protocol\":\"tcp\",\"field\":\"dport\"}},\"right\":99999}}",
            "{\"match\":{\"op\":\"==\",\"left\":{\"payload\":{\"protocol\":\"icmpv6\",\"field\":\"type\"}},\"right\":4294967295}}",
            "{\"mangle\":{\"key\":{\"meta\":{\"key\":\"mark\"}},\"value\":{\"|\":[{\"&\":[]},1]}}}", "{\"vmap\":{\"key\":1,\"data\":\"@\"}}",
            "{\"elem\":{\"val\":\"br-0\",\"timeout\":1}}", "{\"concat\":[]}", "{\"prefix\":{\"addr\":\"10.0.0.0\",\"len\":99}}",
        ];

    // A table, chains and a map of TailSplit's, and whatever can stand in them.
    private static readonly Gen<string> s_nftables = Gen.Select(
        Gen.OneOf(s_nftParts).Array[0, 4], Gen.OneOf(s_nftParts).Array[0, 4], (expressions, elements) =>
            "{\"nftables\":[{\"table\":{\"family\":\"inet\",\"name\":\"tailsplit\"}},"
            + "{\"map\":{\"family\":\"inet\",\"table\":\"tailsplit\",\"name\":\"forward-in\",\"elem\":[" + string.Join(',', elements) + "]}},"
            + "{\"chain\":{\"family\":\"inet\",\"table\":\"tailsplit\",\"name\":\"TSK-a\"}},"
            + "{\"rule\":{\"family\":\"inet\",\"table\":\"tailsplit\",\"chain\":\"TSK-a\",\"expr\":[" + string.Join(',', expressions) + "]}}]}");

    [Fact]
    public void Any_text_can_be_read_as_a_save_and_planned_upon() => s_soup.Sample(
        text => Survives(() =>
        {
            LiveRules live = new(
                new Dictionary<IpFamily, SavedRuleset> { [IpFamily.IPv4] = SavedRuleset.Parse(text) }, []);
            foreach (LivePolicy policy in PolicyReader.Read(live, RuleEnvironment.Usual))
                new PolicyAssessment(live, RuleEnvironment.Usual).Missing(policy);

            Planner.Plan(live, new PolicySet([], RuleEnvironment.Usual), RuleEnvironment.Usual);
        }),
        iter: 2000);

    [Fact]
    public void Any_line_can_be_read_as_a_rule() => s_soup.Sample(
        text => Survives(() => IptablesSpecification.Parse(text).ToString()), iter: 2000);

    [Fact]
    public void Every_cut_of_a_real_save_can_be_read()
    {
        foreach (string name in Saves.Names)
        {
            string text = Saves.Read(name);
            for (int length = 0; length < text.Length; length += 97)
            {
                LiveRules live = new(
                    new Dictionary<IpFamily, SavedRuleset> { [IpFamily.IPv4] = SavedRuleset.Parse(text[..length]) },
                    []);
                Survives(() => Planner.Plan(
                    live, new PolicySet(PolicyReader.Read(live, RuleEnvironment.Usual), RuleEnvironment.Usual),
                    RuleEnvironment.Usual));
            }
        }
    }

    [Fact]
    public void Any_text_can_be_given_for_the_json_of_ip_rule() => s_anyJson.Sample(
        text => Survives(() =>
        {
            LiveRules live = new(new Dictionary<IpFamily, SavedRuleset>(), RoutingRuleJson.Parse(IpFamily.IPv4, text));
            PolicySet set = new(PolicyReader.Read(
                live, TunnelPreferences.Apply(RuleEnvironment.Usual, live.AllRouting)), RuleEnvironment.Usual);
            Planner.Plan(live, set, RuleEnvironment.Usual);
        }),
        iter: 5000);

    [Fact]
    public void Any_text_can_be_given_for_the_json_of_ip_address() => s_anyJson.Sample(
        text => Survives(() => BridgeFinder.Find(Samples.Cidrs("10.0.0.0/8"), InterfaceJson.Parse(text))), iter: 5000);

    [Fact]
    public void Any_text_can_be_given_for_the_json_of_ip_route() => s_anyJson.Sample(
        text => Survives(() => TunnelFinder.Find(
            TunnelProvider.Tailscale, RouteJson.Parse(IpFamily.IPv4, text), [], [])),
        iter: 5000);

    [Fact]
    public void Any_text_can_be_given_for_the_json_of_docker() => s_anyJson.Sample(
        text => Survives(() =>
        {
            foreach (DockerNetwork network in DockerNetworkJson.Parse(text))
                _ = network.Reason;
        }),
        iter: 5000);

    [Fact]
    public void Any_text_can_be_given_for_the_json_of_tailscale() => s_anyJson.Sample(
        text =>
        {
            Survives(() => TailscaleStatusJson.Parse(text));
            Survives(() => TailscalePrefsJson.Parse(text));
            Survives(() => DockerInfoJson.Parse(text));
            Survives(() => DockerContainerJson.Parse(text));
        },
        iter: 5000);

    [Fact]
    public void Any_text_can_be_given_for_the_json_of_nft() => Gen.OneOf(s_anyJson, s_nftables).Sample(
        text => Survives(() =>
        {
            NftContent content = NftContent.Parse(text);
            Assert.All(content.Rules, rule => Assert.NotEmpty(rule.Rule.CommandLine));
            Assert.All(content.ForeignRules, rule => Assert.NotEmpty(rule.CommandLine));
        }),
        iter: 5000);

    [Fact]
    public void Any_text_can_be_given_for_small_files() => s_soup.Sample(
        text =>
        {
            Survives(() => NetworkdConfig.DeletesForeignRules([text]));
            Survives(() => EmbeddedDns.AskedByHost(text));
            Survives(() => KernelRoutes.DefaultGateway(text));
        },
        iter: 2000);

    [Fact]
    public void Any_text_can_be_given_for_a_list_of_connections() =>
        Gen.OneOf(s_soup, Gen.OneOf(
            "src=", "dst=", "10.0.0.1", "::1", " ", "sport=1", "type=8", "=", "udp ", "unknown ", "\n",
            "[UNREPLIED]").Array[0, 30].Select(string.Concat))
            .Sample(text => Survives(
                () => Assert.All(ConntrackList.Parse(text), entry => Assert.NotEmpty(entry.DeleteLine))), iter: 2000);

    [Theory]
    [InlineData("[{\"priority\":5100,\"protocol\":\"84\",\"src\":\"10.0.0.0\",\"srclen\":99}]")]
    [InlineData("[{\"priority\":5100,\"protocol\":\"84\",\"dst\":\"fd00::\",\"dstlen\":-1}]")]
    public void A_prefix_length_that_does_not_exist_is_unreadable_output(string json) => Assert.Equal(
        nameof(Failures.UnreadableOutput),
        Assert.Throws<TailSplitException>(() => RoutingRuleJson.Parse(IpFamily.IPv4, json)).Failure.Id);

    [Fact]
    public void A_prefix_length_of_an_address_that_does_not_exist_is_unreadable_output() => Assert.Equal(
        nameof(Failures.UnreadableOutput),
        Assert.Throws<TailSplitException>(() => InterfaceJson.Parse(
            "[{\"ifname\":\"eth0\",\"addr_info\":[{\"local\":\"10.0.0.1\",\"prefixlen\":200}]}]")).Failure.Id);

    [Fact]
    public void A_duplicate_label_is_accepted() => Assert.Single(DockerNetworkJson.Parse(
        "[{\"Name\":\"media\",\"Id\":\"0123456789abcdef\",\"Driver\":\"bridge\",\"Labels\":{\"a\":\"1\",\"a\":\"2\"}}]"));

    private static void Survives(Action read)
    {
        try
        {
            read();
        }
        catch (TailSplitException)
        {
            // A failure with an id is an answer; any other exception is a crash.
        }
    }
}
