using TailSplit.Tests.Engine.Hosting;
using Xunit;

namespace TailSplit.Tests.Engine;

/// <summary>After a commit, the rules are read back where the commit has written, and nowhere else.</summary>
public sealed class ReadBackTests : IDisposable
{
    private readonly Session _session = new();

    public void Dispose() => _session.Dispose();

    [Fact]
    public void It_reads_the_backend_that_was_written()
    {
        string[] after = AfterTheLastWrite("New-TailSplitKillswitch torrents");

        Assert.Contains("iptables-save -c", after);
        Assert.Contains("ip6tables-save -c", after);
        Assert.DoesNotContain("nft -j list table inet tailsplit", after);
        Assert.Contains("ip -4 -N -j rule show", after);
        Assert.Contains("ip -6 -N -j rule show", after);
    }

    [Fact]
    public void A_change_of_the_firewall_alone_reads_no_ip_rules_back()
    {
        _session.Run("New-TailSplitKillswitch torrents").AssertNoErrors();

        string[] after = AfterTheLastWrite("New-TailSplitKillswitch torrents -BlockHost -Force");

        Assert.Contains("iptables-save -c", after);
        Assert.DoesNotContain(after, call => call.EndsWith("rule show", StringComparison.Ordinal));
    }

    private string[] AfterTheLastWrite(string script)
    {
        _session.Host.Forget();
        _session.Run(script).AssertNoErrors();
        return [.. _session.Host.Calls.Reverse().TakeWhile(call => !call.IsWrite).Select(call => call.ToString())];
    }
}
