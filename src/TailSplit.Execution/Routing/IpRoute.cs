using System.Collections.Immutable;
using System.Globalization;
using TailSplit.Core;
using TailSplit.Core.Errors;
using TailSplit.Core.Kernel;
using TailSplit.Core.Model;
using TailSplit.Execution.Programs;

namespace TailSplit.Execution.Routing;

/// <summary>Reads ip rules, routes and addresses, and writes ip rules, by iproute2's <c>ip</c>.</summary>
public sealed class IpRoute(IProgramRunner runner)
{
    /// <exception cref="TailSplitException">NotInstalled, ReadFailed or UnreadableOutput.</exception>
    public async Task<ImmutableArray<LiveRoutingRule>> ReadRulesAsync(
        IpFamily family, CancellationToken cancellationToken)
    {
        // -N prints numbers, since a table or a protocol can have any name in /etc/iproute2.
        ProgramCall call = new("ip", family.IpOption(), "-N", "-j", "rule", "show");
        ProgramResult result = await runner.RunAsync(call, cancellationToken).ConfigureAwait(false);
        return result.Succeeded
            ? RoutingRuleJson.Parse(family, result.Output)
            : throw Failed(call, result);
    }

    /// <summary>Reads the interfaces with their kind, master and peer.</summary>
    /// <exception cref="TailSplitException">NotInstalled, ReadFailed or UnreadableOutput.</exception>
    public async Task<ImmutableArray<HostInterface>> ReadInterfacesAsync(CancellationToken cancellationToken)
    {
        try
        {
            return await ReadInterfacesAsync(["-d"], cancellationToken).ConfigureAwait(false);
        }
        catch (TailSplitException e) when (
            e.Failure.Id is nameof(Failures.UnreadableOutput) or nameof(Failures.ReadFailed))
        {
            // Old versions print the details of some kinds as plain text within the JSON.
            return await ReadInterfacesAsync([], cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>The same; none if they can't be read. A change that uses ip then fails too, and reports why.</summary>
    public async Task<ImmutableArray<HostInterface>> TryReadInterfacesAsync(CancellationToken cancellationToken)
    {
        try
        {
            return await ReadInterfacesAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (TailSplitException)
        {
            return [];
        }
    }

    private async Task<ImmutableArray<HostInterface>> ReadInterfacesAsync(
        ImmutableArray<string> details, CancellationToken cancellationToken)
    {
        ProgramCall call = new("ip", [.. details, "-j", "address", "show"]);
        ProgramResult result = await runner.RunAsync(call, cancellationToken).ConfigureAwait(false);
        return result.Succeeded
            ? InterfaceJson.Parse(result.Output)
            : throw Failed(call, result);
    }

    /// <summary>Reads the routes of a table; none if it does not exist, which ip reports as an error.</summary>
    /// <exception cref="TailSplitException">NotInstalled, ReadFailed or UnreadableOutput.</exception>
    public async Task<ImmutableArray<HostRoute>> ReadRoutesAsync(
        IpFamily family, int table, CancellationToken cancellationToken)
    {
        ProgramCall call = new(
            "ip", family.IpOption(), "-j", "route", "show", "table", table.ToString(CultureInfo.InvariantCulture));
        ProgramResult result = await runner.RunAsync(call, cancellationToken).ConfigureAwait(false);
        return result.Succeeded ? RouteJson.Parse(family, result.Output)
            : HasNoSuchTable(result) ? []
            : throw Failed(call, result);
    }

    /// <summary>Reads the routes of several families, in their order.</summary>
    public async Task<ImmutableArray<HostRoute>> ReadRoutesAsync(
        IEnumerable<IpFamily> families, int table, CancellationToken cancellationToken)
    {
        ImmutableArray<HostRoute>[] routes = await Task
            .WhenAll(families.Select(family => ReadRoutesAsync(family, table, cancellationToken)))
            .ConfigureAwait(false);
        return [.. routes.SelectMany(list => list)];
    }

    /// <summary>Reads all routes of all tables, with everything that route selection depends on.</summary>
    /// <exception cref="TailSplitException">NotInstalled, ReadFailed or UnreadableOutput.</exception>
    public async Task<ImmutableArray<LiveRoute>> ReadTablesAsync(IpFamily family, CancellationToken cancellationToken)
    {
        // -N prints numbers, since a table can have any name in /etc/iproute2.
        ProgramCall call = new("ip", family.IpOption(), "-N", "-j", "route", "show", "table", "all");
        ProgramResult result = await runner.RunAsync(call, cancellationToken).ConfigureAwait(false);
        return result.Succeeded
            ? LiveRouteJson.Parse(family, result.Output)
            : throw Failed(call, result);
    }

    // "Error: ipv4: FIB table does not exist." (linux net/ipv4/fib_frontend.c: inet_dump_fib). An iproute2 without
    // extended errors prints "RTNETLINK answers: No such file or directory".
    private static bool HasNoSuchTable(ProgramResult result) =>
        result.ExitCode == 2
        && (result.Error.Contains("does not exist", StringComparison.Ordinal)
            || result.Error.Contains("No such file", StringComparison.Ordinal));

    // BusyBox prints its name and its usage. An old iproute2 prints: Option "-j" is unknown, try "ip -help".
    private static TailSplitException Failed(ProgramCall call, ProgramResult result)
    {
        string words = result.Error + result.Output;
        bool lacks = words.Contains("BusyBox", StringComparison.OrdinalIgnoreCase)
            || words.Contains("Option \"-j\" is unknown", StringComparison.Ordinal)
            || words.Contains("Option \"-N\" is unknown", StringComparison.Ordinal);
        return (lacks ? Failures.IprouteNeeded(words.Trim()) : Failures.ReadFailed(call.ToString(), result.Complaint))
            .ToException();
    }

    /// <summary>Runs lines by <c>ip -batch</c>, which stops at the first failure. It can't be cancelled.</summary>
    public Task<ProgramResult> CommitAsync(IpFamily family, string batch) =>
        runner.RunAsync(
            new ProgramCall("ip", family.IpOption(), "-batch", "-") { Input = batch, NeedsRoot = true },
            CancellationToken.None);
}
