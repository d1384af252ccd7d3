using System.Collections.Immutable;
using System.Globalization;
using TailSplit.Core;
using TailSplit.Core.Model;

namespace TailSplit.Execution.Transactions;

/// <summary>The result of ending earlier connections that a policy does not allow.</summary>
/// <param name="Count">How many were ended.</param>
/// <param name="Failure">Why others could not be ended; null if all were.</param>
/// <param name="Subnets">The subnets whose connections may continue.</param>
public sealed record FlowOutcome(int Count, Failure? Failure, ImmutableArray<Cidr> Subnets)
{
    /// <summary>No connection had to be ended.</summary>
    public static FlowOutcome None { get; } = new(0, null, []);

    /// <summary>A warning for the user; null if all were ended.</summary>
    public string? Warning => Failure is null ? null : string.Create(
        CultureInfo.InvariantCulture,
        $"The rules are in force, but some earlier connections of {string.Join(", ", Subnets)} could not be ended: " +
        $"{Failure.Message} The rules block their packets as the policy requires, so such a connection may hang " +
        $"until it times out. As root, 'conntrack -L -s {Example}' lists the connections of a subnet, and 'conntrack " +
        $"-D -s {Example}' ends all of them. New connections follow the policy. " +
        $"{(Failure.Kind == FailureKind.NotInstalled ? Failure.Remedy : "")}").TrimEnd();

    private string Example => Subnets.IsEmpty ? "<subnet>" : Subnets[0].ToString();
}
