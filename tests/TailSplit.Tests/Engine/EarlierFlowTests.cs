using TailSplit.Execution.Programs;
using TailSplit.Execution.Transactions;
using TailSplit.Output;
using TailSplit.Tests.Engine.Hosting;
using TailSplit.Tests.Fakes;
using Xunit;

namespace TailSplit.Tests.Engine;

/// <summary>Connections from before a killswitch, as conntrack lists and deletes them.</summary>
public sealed class EarlierFlowTests : IDisposable
{
    private const string Past =
        "udp      17 20 src=172.19.0.2 dst=198.51.100.9 sport=5000 dport=53 " +
        "src=198.51.100.9 dst=192.168.1.10 sport=53 dport=5000 mark=0 use=1";

    private const string Through =
        "udp      17 20 src=172.19.0.2 dst=198.51.100.9 sport=5001 dport=53 " +
        "src=198.51.100.9 dst=100.101.102.103 sport=53 dport=5001 mark=0 use=1";

    private const string Past6 =
        "icmpv6   58 20 src=fd00:19::2 dst=2001:db8::1 type=128 code=0 id=7 " +
        "src=2001:db8::1 dst=fd00:1::10 type=129 code=0 id=7 mark=0 use=1";

    private readonly Session _session = new();

    private FakeHost Host => _session.Host;

    private string[] Lists =>
        [.. Host.Calls.Select(call => call.ToString()).Where(call => call.StartsWith("conntrack -L", StringComparison.Ordinal))];

    public void Dispose() => _session.Dispose();

    [Fact]
    public void Connections_past_the_tunnel_are_ended_and_those_through_it_stay()
    {
        Host.Conntrack.Entries.AddRange([Past, Through, Past6]);

        Run("New-TailSplitKillswitch torrents");

        Assert.Equal([Through], Host.Conntrack.Entries);
    }

    [Fact]
    public void One_list_is_read_for_both_families()
    {
        Host.Conntrack.Entries.AddRange([Past, Through, Past6]);

        Run("New-TailSplitKillswitch torrents");

        Assert.Equal(["conntrack -L"], Lists);
    }

    [Theory]
    [InlineData("v1.4.5")]
    [InlineData("v1.4.6")]
    [InlineData("of its own")]
    public void A_conntrack_that_may_list_one_family_is_asked_for_each(string version)
    {
        Host.Conntrack.Version = version;
        Host.Conntrack.Entries.AddRange([Past, Through, Past6]);

        Run("New-TailSplitKillswitch torrents");

        Assert.Equal([Through], Host.Conntrack.Entries);
        Assert.Equal(["conntrack -L", "conntrack -L -f ipv4", "conntrack -L -f ipv6"], Lists.Order(StringComparer.Ordinal));
    }

    // The file is of the network namespace. A kernel without conntrack lacks it, and a list then fails or is empty.
    [Theory]
    [InlineData("0\n", false)]
    [InlineData("3\n", true)]
    [InlineData(null, true)]
    public void The_list_is_only_read_where_the_kernel_has_connections(string? count, bool reads)
    {
        if (count is not null)
            Host.Files["/proc/sys/net/netfilter/nf_conntrack_count"] = count;

        Run("New-TailSplitKillswitch torrents");

        Assert.Equal(reads ? ["conntrack -L"] : [], Lists);
    }

    [Fact]
    public void Of_a_network_without_ipv6_there_is_no_ipv6_connection_to_look_for()
    {
        string past = Past.Replace("172.19.", "172.18.", StringComparison.Ordinal);
        Host.Conntrack.Entries.AddRange([past, Past6]);

        Run("New-TailSplitKillswitch media");

        Assert.Equal([Past6], Host.Conntrack.Entries);
        Assert.Equal(["conntrack -L -f ipv4"], Lists);
    }

    [Fact]
    public void Where_one_network_of_several_has_ipv6_both_families_are_looked_at()
    {
        Host.Conntrack.Entries.AddRange([Past, Through, Past6]);

        Run("New-TailSplitKillswitch media, torrents");

        Assert.Equal([Through], Host.Conntrack.Entries);
        Assert.Equal(["conntrack -L"], Lists);
    }

    [Fact]
    public void Thousands_are_ended_by_a_few_calls_after_the_lock_is_released()
    {
        Host.Conntrack.Entries.AddRange(Enumerable.Range(0, 4000).Select(i =>
            $"udp 17 20 src=172.19.0.{2 + (i % 100)} dst=198.51.{i / 250}.{i % 250} sport={i} dport=53 " +
            $"src=198.51.{i / 250}.{i % 250} dst=192.168.1.10 sport=53 dport={i} mark=0 use=1"));
        Host.Conntrack.Entries.Add(Through);
        bool free = false;
        Host.Intruders.Add(new Intruder(IsDeletion, host => free = IsLockFree(host)));

        Run("New-TailSplitKillswitch torrents");

        Assert.Equal([Through], Host.Conntrack.Entries);
        Assert.InRange(Host.Calls.Count(call => IsDeletion(call.Call)), 1, 20);
        Assert.True(free, "Connections are ended while the lock is held.");
    }

    [Fact]
    public void A_connection_that_ends_by_itself_while_others_are_ended_is_no_failure()
    {
        Host.Conntrack.Entries.AddRange([Past, Through]);
        Host.Faults.Add(new Fault(IsDeletion)
        {
            Point = FaultPoint.Before,
            ExitCode = 1,
            Words = "conntrack v1.4.7 (conntrack-tools): Operation failed: such conntrack doesn't exist",
        });

        Answer answer = _session.Run("New-TailSplitKillswitch torrents").AssertNoErrors();

        Assert.Empty(answer.Warnings);
        Assert.Equal([Through], Host.Conntrack.Entries);
    }

    [Theory]
    [InlineData("-D")]
    [InlineData("-L")]
    public void Where_connections_cannot_be_ended_the_command_succeeds_and_says_which_may_go_on(string action)
    {
        Host.Conntrack.Entries.AddRange([Past, Through]);
        Host.Faults.Add(new Fault(call => call.Program == "conntrack" && call.Arguments[0] == action)
        {
            Point = FaultPoint.Before,
            ExitCode = 1,
            Words = "Operation not permitted",
            Times = int.MaxValue,
        });

        Answer answer = _session.Run("New-TailSplitKillswitch torrents").AssertNoErrors();

        string warning = Assert.Single(answer.Warnings);
        Assert.StartsWith(
            "The rules are in force, but some earlier connections of 172.19.0.0/16, fd00:19::/64 could not be ended: ",
            warning,
            StringComparison.Ordinal);
        Assert.Contains("Operation not permitted", warning, StringComparison.Ordinal);
        Assert.Contains("conntrack -D -s 172.19.0.0/16", warning, StringComparison.Ordinal);
        Assert.Equal(PolicyState.Active, _session.Run("Get-TailSplitPolicy").Policies.Single().State);
    }

    [Fact]
    public void Without_conntrack_the_command_succeeds_and_names_the_package()
    {
        Host.Missing.Add("conntrack");

        Answer answer = _session.Run("New-TailSplitKillswitch torrents").AssertNoErrors();

        Assert.Contains("apt-get install conntrack", Assert.Single(answer.Warnings), StringComparison.Ordinal);
    }

    [Fact]
    public void A_conntrack_that_hangs_is_a_warning_too()
    {
        Host.Limit = TimeSpan.FromMilliseconds(100);
        Host.Conntrack.Entries.Add(Past);
        Host.Faults.Add(new Fault(IsDeletion) { Point = FaultPoint.Hang });

        Answer answer = _session.Run("New-TailSplitKillswitch torrents").AssertNoErrors();

        Assert.Contains("did not end within 0.1 s", Assert.Single(answer.Warnings), StringComparison.Ordinal);
    }

    [Fact]
    public void Ending_connections_stops_at_once_and_leaves_the_policy_in_force()
    {
        Host.Conntrack.Entries.Add(Past);
        Host.Faults.Add(new Fault(IsDeletion) { Point = FaultPoint.Hang });

        _session.RunAndStop("New-TailSplitKillswitch torrents");

        Assert.Equal(PolicyState.Active, _session.Run("Get-TailSplitPolicy").Policies.Single().State);
    }

    private static bool IsDeletion(ProgramCall call) => call.Program == "conntrack" && call.Arguments[0] == "-D";

    private static bool IsLockFree(FakeHost host)
    {
        try
        {
            using FileStream held = new(
                new ApplyLock(host.Machine).FilePath, FileMode.Open, FileAccess.ReadWrite, FileShare.None);
            return true;
        }
        catch (IOException)
        {
            return false;
        }
    }

    private void Run(string script) => _session.Run(script).AssertNoErrors();
}
