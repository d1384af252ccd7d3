using System.Globalization;
using TailSplit.Lab.Attacks;
using TailSplit.Lab.Transitions;

namespace TailSplit.Lab.Persistence;

/// <summary>A set of networks as a compose file makes them, with labels, on a real dockerd.</summary>
[Collection(typeof(NfTablesTransitions))]
public sealed class LabelledNetworkTests(NfTablesAttackLab split)
{
    private static readonly Dictionary<string, string>[] s_labels =
    [
        new(),
        new() { ["tailsplit.policy"] = "bypass" },
        new()
        {
            ["tailsplit.policy"] = "bypass",
            ["tailsplit.mechanism"] = "route",
            ["tailsplit.exclude"] = "198.51.100.11"
        },
        new() { ["tailsplit.policy"] = "killswitch" },
        new()
        {
            ["tailsplit.policy"] = "killswitch",
            ["tailsplit.block-host"] = "true",
            ["tailsplit.action"] = "reject"
        },
        new() { ["tailsplit.policy"] = "Kill Switch" },
        new() { ["tailsplit.policy"] = "open" },
    ];

    private static readonly Way[] s_closed = [Way.Refused, Way.Nowhere];

    private readonly List<string> _made = [];

    private Lab Lab => split.Lab;

    [Fact]
    public async Task Labelled_networks_converge_by_one_sync_and_hold()
    {
        await split.Remove();
        await Lab.Tailscale.Set(new());
        try
        {
            await Make("open", 61, new() { ["tailsplit.policy"] = "bypass" });
            await Make(
                "shut",
                62,
                new() { ["tailsplit.policy"] = "killswitch", ["tailsplit.allow-destination"] = "10.0.0.20" });
            await Make("typo", 63, new() { ["tailsplit.policy"] = "killswich" });
            await Make("wrong", 64, new() { ["tailsplit.policy"] = "bypasss" });
            Container open = await Lab.RunContainer("box-open", new() { Networks = ["open"] });
            Container shut = await Lab.RunContainer("box-shut", new() { Networks = ["shut"] });
            Container typo = await Lab.RunContainer("box-typo", new() { Networks = ["typo"] });
            Container wrong = await Lab.RunContainer("box-wrong", new() { Networks = ["wrong"] });
            // The control: without a policy and an exit node, all leave by the ISP.
            await Lab.Tailscale.Set(new(ExitNode: false));
            Assert.Equal(Way.Isp, (await Lab.Ask(shut, Place.Internet.V4)).Way);
            Assert.Equal(Way.Isp, (await Lab.Ask(typo, Place.Internet.V4)).Way);
            Assert.Equal(Way.Isp, (await Lab.Ask(wrong, Place.Internet.V4)).Way);

            ShellResult sync = await Lab.Shell.Run("Sync-TailSplitPolicy | Out-Null");

            Assert.Contains("'typo'", sync.Error, StringComparison.Ordinal);
            Assert.Contains("'wrong'", sync.Error, StringComparison.Ordinal);
            Assert.Equal(
                "open shut typo wrong",
                (await split.Run("(Get-TailSplitPolicy | Where-Object State -eq Active).Name -join ' '")).Trim());
            Assert.Contains((await Lab.Ask(shut, Place.Internet.V4)).Way, s_closed);
            Assert.Contains((await Lab.Ask(typo, Place.Internet.V4)).Way, s_closed);
            Assert.Contains((await Lab.Ask(wrong, Place.Internet.V4)).Way, s_closed);
            await Lab.Tailscale.Set(new());
            Assert.Equal(Way.Isp, (await Lab.Ask(open, Place.Internet.V4)).Way);
            Assert.Equal(Way.ExitNode, (await Lab.Ask(shut, Place.Internet.V4)).Way);
        }
        finally
        {
            foreach (string box in (string[])["box-open", "box-shut", "box-typo", "box-wrong"])
                await Lab.Docker.TryDocker("rm", "--force", box);

            await RemoveAll();
        }

        await split.Run("Sync-TailSplitPolicy | Out-Null");
        Assert.DoesNotContain("tailsplit", await Lab.Snapshot(), StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public async Task After_random_edits_one_sync_gives_the_same_rules_as_starting_from_nothing()
    {
        Random random = new(20260105);
        await split.Remove();
        try
        {
            for (int edit = 0; edit < 15; edit++)
            {
                if (_made.Count > 1 && random.Next(3) > 0)
                {
                    string name = _made[random.Next(_made.Count)];
                    await Lab.RemoveNetwork(name);
                    _made.Remove(name);
                }

                await Make(
                    string.Create(CultureInfo.InvariantCulture, $"edit{edit}"),
                    70 + edit,
                    s_labels[random.Next(s_labels.Length)]);
                if (edit is 4 or 9)
                    await Lab.Shell.Run("Sync-TailSplitPolicy | Out-Null");
            }

            await Lab.Shell.Run("Sync-TailSplitPolicy | Out-Null");
            string after = await Lab.Snapshot();
            await split.Remove();
            await Lab.Shell.Run("Sync-TailSplitPolicy | Out-Null");

            Assert.Equal(Sorted(await Lab.Snapshot()), Sorted(after));
            Assert.Contains("from=labels", after, StringComparison.Ordinal);
        }
        finally
        {
            await RemoveAll();
            await split.Remove();
        }
    }

    private async Task Make(string name, int number, Dictionary<string, string> labels)
    {
        await Lab.CreateNetwork(name, new()
        {
            Subnet = string.Create(CultureInfo.InvariantCulture, $"172.30.{number}.0/24"),
            SubnetV6 = string.Create(CultureInfo.InvariantCulture, $"2001:db8:d:{number}::/64"),
            Labels = labels,
        });
        _made.Add(name);
    }

    private async Task RemoveAll()
    {
        foreach (string name in _made.ToArray())
        {
            await Lab.RemoveNetwork(name);
            _made.Remove(name);
        }
    }

    // Rules of one preference are about different bridges, and stand in the order in which they came.
    private static IEnumerable<string> Sorted(string snapshot) => snapshot.Split('\n').Order(StringComparer.Ordinal);
}
