using System.Collections.Immutable;
using TailSplit.Core.Model;

namespace TailSplit.Core.Options;

/// <summary>An option with a list of destinations, or of single addresses.</summary>
/// <param name="name">The name of the parameter.</param>
/// <param name="kind">The kind of policy that has it.</param>
/// <param name="get">Its value.</param>
/// <param name="set">The policy with another value.</param>
public sealed class AddressOption(
    string name, PolicyKind? kind, Func<Policy, ImmutableArray<Cidr>> get,
    Func<Policy, ImmutableArray<Cidr>, Policy> set) : PolicyOption(name, kind)
{
    /// <summary>Whether it takes single addresses only.</summary>
    public bool IsOfHosts { get; init; }

    /// <summary>The value for one that can't be understood: it opens nothing.</summary>
    public ImmutableArray<Cidr> Closed { get; init; } = [];

    /// <summary>The values as they are written: a host without its length where only hosts are taken.</summary>
    public IEnumerable<string> TextsOf(Policy policy) =>
        get(policy).Select(value => IsOfHosts ? value.Address.ToString() : value.ToString());

    public Policy On(Policy policy, ImmutableArray<Cidr> values) => set(policy, values);

    public override bool IsDefault(Policy policy) => get(policy).IsEmpty;

    public override string Digested(Policy policy) => string.Join(',', get(policy));

    public override string Show(Policy policy) => string.Join(", ", TextsOf(policy));
}
