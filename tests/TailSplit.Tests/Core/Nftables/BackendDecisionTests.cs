using System.Net;
using CsCheck;
using TailSplit.Core.Model;
using TailSplit.Core.Nftables;
using TailSplit.Core.Rules;
using TailSplit.Core.Tracing;
using TailSplit.Tests.Core.Generators;
using TailSplit.Tests.Core.ModelKernel;
using TailSplit.Tests.Core.Tracing;
using Xunit;

namespace TailSplit.Tests.Core.Nftables;

/// <summary>A policy means the same to a packet, whichever backend writes it.</summary>
public sealed class BackendDecisionTests
{
    private const int Policies = 20;

    // Own network, another one, the host, LAN, tailnet, a subnet route, internet, and what options of the generator name.
    private static readonly string[] s_destinations =
    [
        "172.30.1.1", "172.30.1.9", "172.30.2.7", "203.0.113.2", "203.0.113.7", "192.168.1.5", "10.0.0.9", "10.77.0.3",
        "10.66.0.1", "100.64.0.9", "198.51.100.4", "172.16.3.4", "8.8.8.8", "9.9.9.9",
    ];

    private static readonly string[] s_sources = ["172.30.1.2", "172.30.1.1", "172.30.9.9", "203.0.113.2", "0.0.0.0"];

    private static readonly (PacketProtocol Protocol, int Port)[] s_questions =
    [
        (PacketProtocol.Tcp, 443), (PacketProtocol.Udp, 53), (PacketProtocol.Tcp, 53), (PacketProtocol.Icmp, 0),
    ];

    private static readonly string[] s_tailscale = ["", """{"priority":5210,"fwmark":"0x80000","fwmask":"0xff0000","src":"all","table":"254"},"""];

    private static readonly Gen<Policy> s_policies = Gen.Select(
        PolicyGen.At(0),
        Gen.OneOf<PolicyTarget>(Samples.Target("br-a", "172.30.1.0/24"), Samples.Target(null, "172.30.1.0/24"), Samples.Target(null, "172.30.1.0/25", "172.30.1.128/25")),
        Policy (policy, target) => policy with { Target = target });

    [Fact]
    public void Both_backends_decide_alike_about_every_packet()
    {
        using NftShell nft = NftShell.Start();
        int told = 0;
        s_policies.Sample(
            policy =>
            {
                KernelModel kernel = new();
                kernel.Put(RuleEnvironment.Usual, policy);
                Assert.Equal("", nft.Run("nft flush ruleset"));
                Assert.Equal("", nft.Apply(NftDiff.Write(NftContent.None, NftRenderer.Render(TypedRules.Of([policy])))));
                string ruleset = nft.Run("nft -j list ruleset");
                // Without our ip rules, so that nothing but the firewall closes.
                foreach (string mark in s_tailscale)
                {
                    string rules = $$"""{{mark}}{"priority":5270,"src":"all","table":"52"}""";
                    Scene iptables = new() { Rules = rules, Firewall = kernel.Firewall[IpFamily.IPv4].Save(counters: true) };
                    Scene nftables = new() { Rules = rules, Nft = ruleset };
                    told += AssertAlike(iptables, nftables);
                }

                return true;
            },
            iter: Policies, threads: 1, print: Show.Policy);

        // The control: there are packets that a policy stops, or sends another way.
        Assert.True(told > Policies, $"Only {told} packets went another way than without a policy.");
    }

    // How many packets go another way than without the policy.
    private static int AssertAlike(Scene iptables, Scene nftables)
    {
        int told = 0;
        Scene bare = new() { Rules = iptables.Rules };
        foreach (string source in s_sources)
        {
            foreach (string destination in s_destinations)
            {
                foreach ((PacketProtocol protocol, int port) in s_questions)
                {
                    string expected = Outcome(iptables);
                    Assert.True(
                        expected == Outcome(nftables),
                        $"{source} to {destination} {protocol} {port}\niptables: {expected}\nnftables: {Outcome(nftables)}");
                    told += expected == Outcome(bare) ? 0 : 1;

                    string Outcome(Scene scene) => Text(scene.Trace(destination, protocol, port, source));
                }
            }
        }

        return told;
    }

    private static string Text(PacketTrace trace) =>
        $"{trace.End} by {trace.Interface} {trace.Egress} mark {trace.Mark:x} to {trace.AtRouting?.Destination ?? IPAddress.None}" +
        $"{(trace.Unsure.IsEmpty ? "" : " unsure: " + string.Join("; ", trace.Unsure))}";
}
