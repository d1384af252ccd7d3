using System.Globalization;
using TailSplit.Tests.Engine.Hosting;
using TailSplit.Tests.Fakes;
using TailSplit.Tests.Fakes.Docker;
using Xunit;

namespace TailSplit.Tests.Engine.Persistence;

/// <summary>
/// Networks come, go and are recreated with other labels; one sync gives the rules that a sync from nothing gives.
/// </summary>
public sealed class RandomEditTests
{
    private static readonly (string Label, string Value)[][] s_labels =
    [
        [],
        [("policy", "bypass")],
        [("policy", "bypass"), ("mechanism", "route"), ("exclude", "203.0.113.0/24")],
        [("policy", "bypass"), ("mechanism", "rout")],
        [("policy", "bypass"), ("name", "shared")],
        [("policy", "killswitch")],
        [("policy", "killswitch"), ("allow-published-port", "true"), ("block-host", "true")],
        [("policy", "killswitch"), ("allow-destination", "192.168.1.0/24, fd12:3456::/48"), ("action", "reject")],
        [("policy", "killswitch"), ("allow-destination", "everywhere")],
        [("policy", "Kill-Switch")],
        [("policy", "killswitch"), ("name", "shared")],
        [("policy", "killswitch"), ("name", "n3")],
        [("policy", "nonsense")],
        [("polcy", "bypass")],
    ];

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    [InlineData(6)]
    public void After_a_hundred_edits_one_sync_gives_the_same_rules_as_starting_from_nothing(int seed)
    {
        Random random = new(seed);
        using Session session = new();
        for (int edit = 0; edit < 100; edit++)
        {
            Edit(session.Host, random, edit);
            // Now and then somebody looks on the way.
            if (random.Next(12) == 0)
                session.Run("Sync-TailSplitPolicy");
        }

        session.Run("Sync-TailSplitPolicy");

        using Session fresh = new();
        foreach (FakeNetwork network in Made(session.Host))
            fresh.Host.Add(network);

        fresh.Run("Sync-TailSplitPolicy");
        Assert.Equal(Sorted(fresh.Host.Rules), Sorted(session.Host.Rules));
        session.Host.Forget();
        session.Run("Sync-TailSplitPolicy");
        Assert.Equal(0, session.Host.Writes);
    }

    private static void Edit(FakeHost host, Random random, int edit)
    {
        FakeNetwork[] made = [.. Made(host)];
        FakeNetwork? chosen = made.Length == 0 ? null : made[random.Next(made.Length)];
        // Labels can't be changed: a network that gets others is recreated, with the subnet that is free by then.
        if (chosen is not null && random.Next(3) > 0)
        {
            host.Remove(chosen);
            if (random.Next(2) == 0)
                Make(host, chosen.Name, random, edit);
        }
        else
        {
            Make(host, string.Create(
                CultureInfo.InvariantCulture,
                $"n{Enumerable.Range(0, 20).First(i => made.All(network => network.Name != $"n{i}"))}"), random, edit);
        }
    }

    private static void Make(FakeHost host, string name, Random random, int edit)
    {
        HashSet<string> taken = [.. host.Docker.Networks.SelectMany(network => network.Subnet)];
        string[] free = [.. Enumerable.Range(40, 20).Select(i => $"172.{i}.0.0/16").Where(
            subnet => !taken.Contains(subnet)).Take(3)];
        string subnet = free[random.Next(free.Length)];
        host.Add(new FakeNetwork(name)
        {
            Incarnation = edit,
            Subnet = random.Next(2) == 0 ? [subnet] : [subnet, $"fd00:{subnet.Split('.')[1]}::/64"],
            Labels = s_labels[random.Next(s_labels.Length)]
                .ToDictionary(label => "tailsplit." + label.Label, label => label.Value),
        });
    }

    private static IEnumerable<FakeNetwork> Made(FakeHost host) =>
        host.Docker.Networks.Where(
            network => network.Name[0] == 'n' && network.Name.Length > 1 && char.IsAsciiDigit(network.Name[1]));

    // Rules of one preference are about different bridges: their order means nothing, and is that in which they came.
    private static IEnumerable<string> Sorted(string rules) => rules.Split('\n').Order(StringComparer.Ordinal);
}
