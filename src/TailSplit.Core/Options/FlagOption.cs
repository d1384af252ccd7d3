using TailSplit.Core.Model;

namespace TailSplit.Core.Options;

/// <summary>An option that is on or off: a switch parameter, <c>true</c> or <c>false</c>.</summary>
/// <param name="name">The name of the parameter.</param>
/// <param name="kind">The kind of policy that has it.</param>
/// <param name="get">Its value.</param>
/// <param name="set">The policy with another value.</param>
public sealed class FlagOption(
    string name, PolicyKind? kind, Func<Policy, bool> get, Func<Policy, bool, Policy> set) : PolicyOption(name, kind)
{
    /// <summary>Whether it closes something. Then a value that can't be understood means on.</summary>
    public bool Closes { get; init; }

    public bool Of(Policy policy) => get(policy);

    public Policy On(Policy policy, bool value) => set(policy, value);

    public override bool IsDefault(Policy policy) => !get(policy);

    public override string Show(Policy policy) => get(policy).ToString();

    public override string Argument(Policy policy) => "";
}
